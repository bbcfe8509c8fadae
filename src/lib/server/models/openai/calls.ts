import type { ToolCall } from '../model';
import type { CallDelta } from './chunk';

/** A call as it arrives. */
export interface Draft {
	index: number | null;
	/** As the server has it; empty when it gave none. */
	id: string;
	name: string;
	/** JSON, once all of it is there. */
	arguments: string;
}

/** Adds a piece of a call to the draft that it belongs to: servers number and name them differently. */
export function addDelta(drafts: Draft[], piece: CallDelta): void {
	const { id, index = null, function: fn } = piece;
	const { name } = fn ?? {};
	const same = index === null ? drafts.at(-1) : drafts.findLast((one) => one.index === index);
	const draft =
		same && !beginsAnother(same, id, name) ? same : { index, id: '', name: '', arguments: '' };
	if (draft !== same) drafts.push(draft);
	draft.id ||= id ?? '';
	draft.name ||= name ?? '';
	const args = fn?.arguments;
	if (typeof args === 'string') draft.arguments += args;
	else if (args !== undefined && args !== null) draft.arguments = JSON.stringify(args);
}

/** Whole calls may come one after the other under the same number, or under none. */
function beginsAnother(
	draft: Draft,
	id: string | null | undefined,
	name: string | null | undefined
): boolean {
	if (!name || draft.name === '') return false;
	if (id && draft.id !== '') return id !== draft.id;
	return draft.arguments !== '' && !('problem' in readArguments(draft.arguments));
}

/** What a call's JSON says; nothing at all means no arguments. */
export function readArguments(json: string): { value: unknown } | { problem: string } {
	if (json.trim() === '') return { value: {} };
	try {
		const value: unknown = JSON.parse(json);
		// Some models encode them twice.
		if (typeof value !== 'string') return { value };
		const inner = readArguments(value);
		return 'value' in inner && typeof inner.value === 'object' ? inner : { value };
	} catch (error) {
		return { problem: error instanceof Error ? error.message : String(error) };
	}
}

/**
 * The calls, each under an id that no other call of the conversation has: the server's own where it is
 * one. Arguments that cannot be read stay the string that they are.
 * @param taken ids of former turns
 * @param turn counts from 1
 */
export function toCalls(drafts: Draft[], taken: ReadonlySet<string>, turn: number): ToolCall[] {
	const ids = new Set(taken);
	return drafts.map(({ id, name, arguments: json }, position) => {
		let unique = id;
		// Nine letters and digits: the only form that all chat templates take.
		for (let n = turn * 100 + position; unique === '' || ids.has(unique); n += 1)
			unique = `call${String(n).padStart(5, '0')}`;
		ids.add(unique);
		const read = readArguments(json);
		return { id: unique, name, arguments: 'value' in read ? read.value : json };
	});
}
