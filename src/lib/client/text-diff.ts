import { diffLines, diffWordsWithSpace } from 'diff';

/** A piece of two texts: in both, only in the first (`removed`), or only in the second (`added`). */
export interface DiffPart {
	kind: 'same' | 'removed' | 'added';
	text: string;
}

/** So many changes can still be read; what differs more is another text. */
const MAX_EDITS = 600;
/** So long all texts of one page are compared, in milliseconds: pages are made one at a time. */
const PATIENCE_MS = 250;

/** Until when texts are compared for a page that is made now, in milliseconds since 1970. */
export function diffDeadline(): number {
	return Date.now() + PATIENCE_MS;
}

/**
 * What changed from `a` to `b`, word by word; null when the two have too little in common, or when it
 * is not found by `until` (milliseconds since 1970).
 */
export function wordDiff(a: string, b: string, until = Infinity): DiffPart[] | null {
	const timeout = until - Date.now();
	return timeout < 0
		? null
		: partsOf(diffWordsWithSpace(a, b, { maxEditLength: MAX_EDITS, timeout }));
}

/** The same, line by line. */
export function lineDiff(a: string, b: string, until = Infinity): DiffPart[] | null {
	const timeout = until - Date.now();
	return timeout < 0 ? null : partsOf(diffLines(a, b, { maxEditLength: MAX_EDITS, timeout }));
}

type Changes = { value: string; added: boolean; removed: boolean }[] | undefined;

function partsOf(changes: Changes): DiffPart[] | null {
	if (!changes) return null;
	return changes
		.filter(({ value }) => value !== '')
		.map(({ value, added, removed }) => ({
			kind: added ? 'added' : removed ? 'removed' : 'same',
			text: value
		}));
}
