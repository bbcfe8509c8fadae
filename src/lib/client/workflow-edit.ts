import { ancestorsOf } from '$lib/domain/graph';
import {
	emptyAgent,
	idsIn,
	removeAgent,
	renameAgent,
	type Draft,
	type DraftAgent
} from './workflow-form';

/* What can be done to a draft. Each answers a new draft and leaves the one it was given alone. */

export interface Point {
	x: number;
	y: number;
}

/** Adds an agent that waits for nobody. @param at where it stands, when the others have a place too */
export function withAgent(draft: Draft, at: Point | null): Draft {
	const agent = { ...emptyAgent(draft.agents), depends_on: '', position: placeIn(draft, at) };
	return { ...draft, agents: [...draft.agents, agent] };
}

/** Adds an agent like that one, under another name, which waits for the same. */
export function withDuplicate(draft: Draft, index: number): Draft {
	const agent = draft.agents[index];
	if (!agent) return draft;
	const stem = agent.id.replace(/-\d+$/, '') || 'agent';
	let n = 2;
	while (draft.agents.some(({ id }) => id === `${stem}-${n}`)) n += 1;
	const at = pointOf(agent);
	const copy = {
		...structuredClone(agent),
		id: `${stem}-${n}`,
		position: at ? textOf({ x: at.x + 32, y: at.y + 96 }) : ''
	};
	return { ...draft, agents: [...draft.agents, copy] };
}

/** Takes agents out; who waited for one of them waits for what that one waited for. */
export function withoutAgents(draft: Draft, indexes: readonly number[]): Draft {
	const next = copyOf(draft);
	for (const index of indexes.toSorted((a, b) => b - a)) removeAgent(next, index);
	return next;
}

/** Gives an agent another name, also where others wait for it. */
export function withName(draft: Draft, index: number, to: string): Draft {
	const next = copyOf(draft);
	renameAgent(next, index, to);
	return next;
}

export function withFields(draft: Draft, index: number, fields: Partial<DraftAgent>): Draft {
	return {
		...draft,
		agents: draft.agents.map((agent, n) => (n === index ? { ...agent, ...fields } : agent))
	};
}

/** Why `to` cannot wait for `from`; null when it can. */
export function whyNotConnect(draft: Draft, from: number, to: number): string | null {
	const [first, then] = [draft.agents[from], draft.agents[to]];
	if (!first || !then) return 'There is no such agent.';
	if (first.id === '' || then.id === '') return 'Both agents need a name first.';
	if (from === to || first.id === then.id) return `"${then.id}" cannot wait for itself.`;
	if (idsIn(then.depends_on).includes(first.id))
		return `"${then.id}" waits for "${first.id}" already.`;
	const agents = draft.agents.map(({ id, depends_on }) => ({ id, depends_on: idsIn(depends_on) }));
	if (ancestorsOf(agents, first.id).some(({ id }) => id === then.id))
		return `"${first.id}" waits for "${then.id}" already, so "${then.id}" cannot wait for it: they would wait for each other for ever.`;
	return null;
}

/** Has `to` wait for `from`. Ask whyNotConnect first. */
export function withDependency(draft: Draft, from: number, to: number): Draft {
	const [id, waiting] = [draft.agents[from]?.id, draft.agents[to]];
	if (!id || !waiting) return draft;
	const depends_on = [...idsIn(waiting.depends_on), id].join(', ');
	return withFields(draft, to, { depends_on });
}

export function withoutDependency(draft: Draft, from: string, to: number): Draft {
	const waiting = draft.agents[to];
	if (!waiting) return draft;
	const left = idsIn(waiting.depends_on).filter((id) => id !== from);
	return withFields(draft, to, { depends_on: left.join(', ') });
}

/** Puts every agent where it is told; by place among the agents. */
export function withPlaces(draft: Draft, places: readonly Point[]): Draft {
	return {
		...draft,
		agents: draft.agents.map((agent, n) => {
			const at = places[n];
			return at ? { ...agent, position: textOf(at) } : agent;
		})
	};
}

/** Forgets where agents stand: they are laid out anew. */
export function withoutPlaces(draft: Draft): Draft {
	return { ...draft, agents: draft.agents.map((agent) => ({ ...agent, position: '' })) };
}

/** Where an agent stands on the canvas; null when nobody has put it anywhere. */
export function pointOf({ position }: Pick<DraftAgent, 'position'>): Point | null {
	const [x = NaN, y = NaN] = position === '' ? [] : position.split(',').map(Number);
	return Number.isFinite(x) && Number.isFinite(y) ? { x, y } : null;
}

export const sameDraft = (a: Draft, b: Draft): boolean => JSON.stringify(a) === JSON.stringify(b);

const textOf = ({ x, y }: Point) => `${Math.round(x)},${Math.round(y)}`;
const placeIn = (draft: Draft, at: Point | null) =>
	at !== null && draft.agents.every((agent) => pointOf(agent) !== null) ? textOf(at) : '';
const copyOf = (draft: Draft): Draft => ({
	...draft,
	agents: draft.agents.map((agent) => ({ ...agent }))
});
