import { tick } from 'svelte';

/**
 * Whether a side panel shows. Until somebody decides, the style sheet does: open on a wide screen,
 * closed on a narrow one, where the panel lies over the page and Escape closes it.
 */
export class Drawer {
	/** Null: the style sheet decides. */
	choice: boolean | null = $state(null);
	readonly #wide: string;
	#opener: HTMLElement | null = null;

	/** `wide`: the media query from which on the panel stands beside the page. */
	constructor(wide: string) {
		this.#wide = wide;
	}

	get isOpen(): boolean {
		return this.choice ?? window.matchMedia(this.#wide).matches;
	}

	/** Toggles it; the focus returns to what was focused when it opened. */
	toggle(): void {
		if (this.isOpen) this.close();
		else this.open();
	}

	open(): void {
		if (document.activeElement instanceof HTMLElement) this.#opener = document.activeElement;
		this.choice = true;
	}

	close(): void {
		this.choice = false;
		const opener = this.#opener;
		this.#opener = null;
		// What lay beneath the panel cannot have the focus before that is gone.
		void tick().then(() => opener?.focus());
	}

	/** Closes it where it covers the page. */
	dismiss(): void {
		if (this.choice && !window.matchMedia(this.#wide).matches) this.close();
	}
}
