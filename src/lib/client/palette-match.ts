import { ACTION_GROUPS, type Action } from './actions.svelte';

/** What the palette lists under one heading. */
export interface Listed {
	heading: string;
	actions: Action[];
}

/**
 * What the palette shows for a query. Without one: what was used last, then everything that is not
 * one of many. With one: what holds all its words, best first, headings in the order of their best.
 */
export function matchActions(
	actions: readonly Action[],
	query: string,
	recent: readonly string[],
	limit: number
): { lists: Listed[]; /** How many more match than are listed. */ more: number } {
	const words = fold(query).split(/\s+/).filter(Boolean);
	if (words.length === 0) return untyped(actions, recent, limit);
	const scored = actions
		.map((action) => ({ action, score: scoreOf(action, words, recent) }))
		.filter(({ score }) => score > 0)
		.sort((a, b) => b.score - a.score);
	const best = scored.slice(0, limit).map(({ action }) => action);
	return { lists: listed(best, best), more: scored.length - best.length };
}

function untyped(actions: readonly Action[], recent: readonly string[], limit: number) {
	const used = recent
		.map((id) => actions.find((action) => action.id === id))
		.filter((action) => action !== undefined);
	const rest = actions.filter((action) => !action.quiet && !used.includes(action));
	const inOrder = ACTION_GROUPS.flatMap((group) => rest.filter((a) => a.group === group));
	const shown = inOrder.slice(0, Math.max(0, limit - used.length));
	const lists = listed(shown, shown);
	return {
		lists: used.length > 0 ? [{ heading: 'Recent', actions: used }, ...lists] : lists,
		more: inOrder.length - shown.length
	};
}

/** By group; the groups in the order in which `order` first names them. */
function listed(actions: readonly Action[], order: readonly Action[]): Listed[] {
	const groups = [...new Set(order.map(({ group }) => group))];
	return groups.map((group) => ({
		heading: group,
		actions: actions.filter((action) => action.group === group)
	}));
}

const AT_START = 8;
const WORD_START = 5;
const INSIDE = 2;
const KEYWORD = 1;
const RECENT = 1.5;
/** More than brevity can win, less than a better fit. */
const SECOND = 1.2;

/** 0 when a word is nowhere. */
function scoreOf(action: Action, words: readonly string[], recent: readonly string[]): number {
	const title = fold(action.title);
	const keywords = fold(`${action.group} ${action.keywords ?? ''} ${action.hint ?? ''}`);
	let score = 0;
	for (const word of words) {
		const points = pointsOf(word, title, keywords);
		if (points === 0) return 0;
		score += points;
	}
	// Of two that fit as well, the shorter says less that was not asked for.
	const brevity = 1 / (1 + title.length);
	const used = recent.includes(action.id) ? RECENT : 0;
	return Math.max(brevity, score + brevity + used - (action.second ? SECOND : 0));
}

function pointsOf(word: string, title: string, keywords: string): number {
	const at = title.indexOf(word);
	if (at === 0) return AT_START;
	if (at > 0) return startsWord(title, word) ? WORD_START : INSIDE;
	return keywords.includes(word) ? KEYWORD : 0;
}

function startsWord(text: string, word: string): boolean {
	for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
		if (at === 0 || !/[\p{L}\p{N}]/u.test(text.charAt(at - 1))) return true;
	return false;
}

/** Without case and accents: `uber` finds `Über`. */
function fold(text: string): string {
	return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
