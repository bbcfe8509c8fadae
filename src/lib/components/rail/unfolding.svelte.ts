const PINNED_KEY = 'raro.rail.pinned';
const FOLD_DELAY_MS = 250;

/**
 * Whether the rail is unfolded: by hover, by keyboard focus inside, by a tap, or for good by the
 * pin, which this browser remembers. Escape folds it.
 */
export class Unfolding {
	pinned = $state(false);
	#shown = $state(false);
	readonly open = $derived.by(() => this.pinned || this.#shown);
	#element: HTMLElement | null = null;
	/** True while folding gives the focus back to the strip, which must not unfold again. */
	#returning = false;
	#timer: ReturnType<typeof setTimeout> | undefined;

	/** Reads what this browser remembers. On a narrow screen the rail is a drawer and begins closed. */
	restore(): void {
		this.pinned = localStorage.getItem(PINNED_KEY) === 'yes' && !isNarrow();
	}

	togglePin(): void {
		this.pinned = !this.pinned;
		if (this.pinned) localStorage.setItem(PINNED_KEY, 'yes');
		else localStorage.removeItem(PINNED_KEY);
		this.#shown = true;
	}

	unfold(): void {
		clearTimeout(this.#timer);
		this.#shown = true;
	}

	/** By a key: unfolds and brings the focus here, or folds, whether pinned or not. */
	toggle(): void {
		if (this.open) return this.fold(true);
		this.unfold();
		this.#element?.querySelector<HTMLElement>('[data-strip]')?.focus();
	}

	/** Folds at once; with `unpin` also when it is pinned, which leaves the focus on the strip. */
	fold(unpin = false): void {
		clearTimeout(this.#timer);
		if (unpin && this.pinned) this.togglePin();
		this.#shown = false;
		this.#returning = true;
		if (unpin) this.#element?.querySelector<HTMLElement>('[data-strip]')?.focus();
		this.#returning = false;
	}

	/** Listens on the rail. */
	attach = (element: HTMLElement): (() => void) => {
		this.#element = element;
		const controller = new AbortController();
		const { signal } = controller;
		element.addEventListener('pointerenter', (event) => this.#enter(event), { signal });
		element.addEventListener('pointerleave', (event) => this.#leave(event), { signal });
		element.addEventListener('focusin', (event) => this.#focusIn(event), { signal });
		element.addEventListener('focusout', (event) => this.#focusOut(event), { signal });
		element.addEventListener('keydown', (event) => this.#keydown(event), { signal });
		// Pointer and keyboard may have come before the scripts did.
		const pointed = window.matchMedia('(hover: hover)').matches && element.matches(':hover');
		if (!isNarrow() && (pointed || element.querySelector(':focus-visible'))) this.unfold();
		return () => {
			clearTimeout(this.#timer);
			controller.abort();
		};
	};

	/** A tap beside an unfolded rail folds it. */
	pointerdown(event: PointerEvent): void {
		if (!this.open || this.pinned || !(event.target instanceof Element)) return;
		// On a narrow screen the rail itself is hit only on the shade beside the drawer.
		const inside = this.#element?.contains(event.target) && event.target !== this.#element;
		if (!inside && !isOverlay(event.target)) this.#shown = false;
	}

	#enter(event: PointerEvent): void {
		if (event.pointerType === 'mouse' && !isNarrow()) this.unfold();
	}

	#leave(event: PointerEvent): void {
		if (event.pointerType !== 'mouse' || isNarrow()) return;
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => {
			// Whoever types or tabs in it, or answers a question it asked, is not done yet.
			const busy = this.#element?.querySelector(':focus-visible, details.rename[open]');
			if (!busy && !document.querySelector('dialog[open]')) this.#shown = false;
		}, FOLD_DELAY_MS);
	}

	#focusIn(event: FocusEvent): void {
		if (this.#returning || isNarrow() || !(event.target instanceof Element)) return;
		// The strip's button has its own click; only the keyboard unfolds by coming here.
		if (event.target.matches(':focus-visible')) this.unfold();
	}

	#focusOut(event: FocusEvent): void {
		const next = event.relatedTarget;
		if (!(next instanceof Element) || this.#element?.contains(next) || isOverlay(next)) return;
		this.#shown = false;
	}

	#keydown(event: KeyboardEvent): void {
		if (event.key !== 'Escape' || !this.open) return;
		// An open rename form takes its own Escape; its handler runs after this one.
		if (event.target instanceof Element && event.target.closest('details.rename[open]')) return;
		event.stopPropagation();
		this.fold(true);
	}
}

function isOverlay(element: Element): boolean {
	return element.closest('dialog, [role="status"], [role="alert"]') !== null;
}

function isNarrow(): boolean {
	return window.matchMedia('(max-width: 640px)').matches;
}
