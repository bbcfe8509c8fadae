import { MediaQuery } from 'svelte/reactivity';

export type StageForm = 'graph' | 'list';

const KEY = 'raro_stage';

/** How the person wants to see workflows; remembered in this browser. */
export class StageChoice {
	#chosen: StageForm | null = $state(null);
	readonly #narrow = new MediaQuery('max-width: 640px', false);

	/** A list on a phone, else the graph, until the person says otherwise. */
	readonly form = $derived.by(
		(): StageForm => this.#chosen ?? (this.#narrow.current ? 'list' : 'graph')
	);

	/** Only in the browser. */
	recall(): void {
		const stored = localStorage.getItem(KEY);
		if (stored === 'graph' || stored === 'list') this.#chosen = stored;
	}

	choose(form: StageForm): void {
		this.#chosen = form;
		localStorage.setItem(KEY, form);
	}
}
