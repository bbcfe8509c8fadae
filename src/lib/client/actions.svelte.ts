import { firstOfEachId } from './first-of-each-id';

/** The parts of the palette, in the order in which they are listed. */
export const ACTION_GROUPS = [
	'Run',
	'Needs you',
	'Go to',
	'Steps',
	'Files',
	'Artifacts',
	'Runs',
	'Workflows',
	'View',
	'Help'
] as const;
export type ActionGroup = (typeof ACTION_GROUPS)[number];

/** Something a person can do now. */
export interface Action {
	/** Stays the same over visits: recent actions are remembered by it. */
	id: string;
	/** What happens, beginning with a verb. */
	title: string;
	group: ActionGroup;
	/** Other words under which it is looked for. */
	keywords?: string;
	/** What tells it from its like: a size, a status. */
	hint?: string;
	/** A key (`r`), two in a row (`g r`) or a chord (`Ctrl+Enter`). */
	shortcut?: string;
	/** One of many: listed only once it is looked for. */
	quiet?: boolean;
	/** Found after what fits as well: what changes or deletes a thing, after what shows it. */
	second?: boolean;
	run: () => unknown;
}

interface Source {
	actions: () => readonly Action[];
	/** Whether some of them have shortcuts. */
	keys: boolean;
}

let sources: readonly Source[] = $state.raw([]);

/**
 * Adds what a component can do, for as long as it is on screen: call it in `onMount`, which ends it
 * with what this returns. `actions` is asked whenever they are needed, so it may read state; one
 * that makes very many, none with a shortcut, says `keys: false` and is not asked at every key.
 */
export function offerActions(actions: Source['actions'], { keys = true } = {}): () => void {
	const source = { actions, keys };
	sources = [...sources, source];
	return () => {
		sources = sources.filter((other) => other !== source);
	};
}

/** Everything that can be done now, each id once; what was offered first wins. */
export function currentActions(): Action[] {
	return firstOfEachId(sources.flatMap(({ actions }) => actions()));
}

/** Those of them that a key does. */
export function keyedActions(): (Action & { shortcut: string })[] {
	const offered = sources.flatMap(({ actions, keys }) => (keys ? actions() : []));
	return firstOfEachId(offered).flatMap((action) =>
		action.shortcut === undefined ? [] : [{ ...action, shortcut: action.shortcut }]
	);
}
