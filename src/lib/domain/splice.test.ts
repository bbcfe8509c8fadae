import { expect, test } from 'vitest';
import { isAgentId } from './ids';
import type { StepStatus } from './run';
import { splice, type Delegation, type LiveGraph, type NewAgent, type Spliced } from './splice';
import { agentSchema, type Agent } from './workflow';

const agent = (id: string, depends_on: string[] = [], more: Partial<Agent> = {}): Agent => ({
	...agentSchema.parse({ id, depends_on, prompt: `You are ${id}.`, tools: ['read_file'] }),
	...more
});

/** `before` is completed and `lead` is running; the others wait. */
function graphOf(agents: Agent[], more: Record<string, Partial<Standing>> = {}): LiveGraph {
	const usual: Record<string, StepStatus> = { before: 'completed', lead: 'running' };
	const standing = new Map(
		agents.map(({ id }) => {
			const status = usual[id] ?? 'waiting';
			return [id, { status, attempt: status === 'waiting' ? 0 : 1, depth: 0, ...more[id] }];
		})
	);
	return { agents, standing, delegated: 0 };
}
type Standing = { status: StepStatus; attempt: number; depth: number };

const chain = [agent('before'), agent('lead', ['before']), agent('after', ['lead'])];
const asked = (...agents: (string | NewAgent)[]): NewAgent[] =>
	agents.map((a) => (typeof a === 'string' ? after(a) : a));
const child = (...agents: (string | NewAgent)[]): Delegation => ({
	relation: 'child',
	agents: asked(...agents),
	prune: []
});
const sibling = (...agents: (string | NewAgent)[]): Delegation => ({
	...child(...agents),
	relation: 'sibling'
});
function after(id: string, ...depends_on: string[]): NewAgent {
	if (!isAgentId(id)) throw new Error(`"${id}" is no id.`);
	return { id, prompt: 'Do.', depends_on };
}

function spliced(graph: LiveGraph, request: Delegation, by = 'lead'): Spliced {
	const result = splice(graph, by, request);
	if ('problems' in result) throw new Error(result.problems.join(' '));
	return result;
}
function problems(graph: LiveGraph, request: Delegation, by = 'lead'): string[] {
	const result = splice(graph, by, request);
	return 'problems' in result ? result.problems : [];
}
const edges = (agents: readonly Agent[]) =>
	Object.fromEntries(agents.map(({ id, depends_on }) => [id, depends_on]));

test('R23 children wait for the delegator, and what waited for it waits for them', () => {
	const { agents, added, removed, rewired, depth } = spliced(graphOf(chain), child('x', 'y'));
	expect(edges(agents)).toEqual({
		before: [],
		lead: ['before'],
		x: ['lead'],
		y: ['lead'],
		after: ['lead', 'x', 'y']
	});
	expect(agents.map(({ id }) => id)).toEqual(['before', 'lead', 'x', 'y', 'after']);
	expect(added.map(({ id }) => id)).toEqual(['x', 'y']);
	expect(removed).toEqual([]);
	expect(rewired).toEqual([{ id: 'after', depends_on: ['lead', 'x', 'y'] }]);
	expect(depth).toBe(1);
});

test('R23 siblings have what the delegator waited for, and run beside it', () => {
	const { agents } = spliced(graphOf(chain), sibling('x'));
	expect(edges(agents)).toMatchObject({ x: ['before'], after: ['lead', 'x'] });
});

test('R23 new agents may wait for each other; only the last ones are waited for', () => {
	const { agents } = spliced(
		graphOf(chain),
		child('x', after('y', 'x'), after('z', 'y', 'before'))
	);
	expect(edges(agents)).toMatchObject({
		x: ['lead'],
		y: ['lead', 'x'],
		z: ['lead', 'y', 'before'],
		after: ['lead', 'z']
	});
});

test('R23 an agent for which nobody waits may delegate', () => {
	const { rewired } = spliced(graphOf([agent('lead')]), child('x'));
	expect(rewired).toEqual([]);
});

test('R23 a delegated agent may delegate in turn, and all flows on', () => {
	const first = spliced(graphOf(chain), child({ ...after('x'), allow_delegation: true }));
	const graph = graphOf(first.agents, {
		lead: { status: 'completed' },
		x: { status: 'running', attempt: 1, depth: 1 }
	});
	const second = spliced(graph, child('deep'), 'x');
	expect(edges(second.agents)).toMatchObject({ deep: ['x'], after: ['lead', 'x', 'deep'] });
	expect(second.depth).toBe(2);
});

test('R23 what waited for an agent that is taken out waits for what that one waited for', () => {
	const graph = graphOf([...chain, agent('then', ['after']), agent('last', ['then', 'before'])]);
	const { agents, removed, rewired } = spliced(graph, {
		...child('x'),
		prune: ['after', 'then']
	});
	expect(edges(agents)).toEqual({
		before: [],
		lead: ['before'],
		x: ['lead'],
		last: ['lead', 'before', 'x']
	});
	expect(removed).toEqual(['after', 'then']);
	expect(rewired).toEqual([{ id: 'last', depends_on: ['lead', 'before', 'x'] }]);
});

test('R23 taking out a thick net of agents takes no time', () => {
	const layers = Array.from({ length: 12 }, (_, layer) =>
		Array.from({ length: 8 }, (_, i) =>
			agent(
				`n${layer}-${i}`,
				Array.from({ length: 8 }, (_, j) => (layer === 0 ? 'before' : `n${layer - 1}-${j}`))
			)
		)
	).flat();
	const end = agent(
		'end',
		layers.map(({ id }) => id)
	);
	const prune = layers.map(({ id }) => id);
	const { agents } = spliced(graphOf([...chain, ...layers, end]), { ...child('x'), prune });
	expect(edges(agents)).toMatchObject({ end: ['before'] });
});

test('R23 what has begun, what the delegator rests on and itself cannot be taken out', () => {
	const graph = graphOf([...chain, agent('busy'), agent('again'), agent('asks')], {
		busy: { status: 'running', attempt: 1 },
		again: { attempt: 1 },
		asks: { status: 'awaiting_approval' }
	});
	const prune = ['lead', 'before', 'busy', 'again', 'asks', 'ghost', 'after', 'after'];
	expect(problems(graph, { ...child('x'), prune })).toEqual([
		'Agent "lead" cannot take itself out.',
		'Agent "before" cannot be taken out: "lead" rests on it.',
		'Agent "busy" cannot be taken out: it has begun already.',
		'Agent "again" cannot be taken out: it has begun already.',
		'Agent "asks" cannot be taken out: it has begun already.',
		'There is no agent "ghost" to take out.',
		'Agent "after" is to be taken out twice.'
	]);
});

test('R20 R23 an agent that a person is to be asked about cannot be taken out', () => {
	const guarded = agent('guarded', ['lead'], { requires_approval: true });
	expect(problems(graphOf([...chain, guarded]), { ...child('x'), prune: ['guarded'] })).toEqual([
		'Agent "guarded" cannot be taken out: a person is to be asked about it.'
	]);
});

test('R23 a cycle is refused and names who waits for whom', () => {
	expect(problems(graphOf(chain), child(after('x', 'after')))).toEqual([
		'These agents wait for each other: after → x → after.'
	]);
	expect(problems(graphOf(chain), sibling(after('x', 'y'), after('y', 'x')))).toHaveLength(1);
	expect(problems(graphOf(chain), child(after('x', 'x')))).toHaveLength(1);
});

test('R23 taken ids, unknown dependencies and dependencies that failed are named', () => {
	const graph = graphOf([...chain, agent('lost')], { lost: { status: 'failed', attempt: 1 } });
	expect(problems(graph, child('after'))).toEqual([
		'There is an agent "after" already; choose another id.'
	]);
	expect(problems(graph, { ...child('after'), prune: ['after'] })).toHaveLength(1);
	expect(problems(graph, child('x', 'x'))).toEqual(['Two agents are named "x".']);
	expect(problems(graph, child(after('x', 'ghost')))[0]).toContain('"ghost"');
	expect(problems(graph, child(after('x', 'lost')))).toEqual([
		'Agent "x" depends on "lost", which is failed.'
	]);
	expect(problems(graph, { ...child(after('x', 'after')), prune: ['after'] })).toEqual([
		'Agent "x" depends on "after", which is to be taken out.'
	]);
});

test('R23 rights never grow: tools, approvals and the directive are the delegator’s', () => {
	const lead = agent('lead', [], {
		tools: ['read_file', 'write_file', 'execute_python'],
		tools_requiring_approval: ['write_file', 'execute_python'],
		requires_approval: true,
		accepts_directive: false
	});
	const graph = graphOf([lead]);
	const { added } = spliced(
		graph,
		child({ ...after('x'), tools: ['read_file', 'write_file'] }, 'y')
	);
	expect(added).toMatchObject([
		{
			tools: ['read_file', 'write_file'],
			tools_requiring_approval: ['write_file'],
			requires_approval: true,
			accepts_directive: false,
			allow_delegation: false,
			model: 'fast'
		},
		{ tools: lead.tools, tools_requiring_approval: ['write_file', 'execute_python'] }
	]);
	const more = { ...after('x'), tools: ['execute_javascript', 'rm'] };
	expect(problems(graph, child(more))).toEqual([
		'Agent "x" asks for the tool "execute_javascript", which "lead" does not have.',
		'Agent "x" asks for the tool "rm", which "lead" does not have.'
	]);
});

test('R23 depth, agents made in a run, and agents in all are capped', () => {
	const deep = graphOf(chain, { lead: { depth: 3 } });
	expect(problems(deep, child('x'))[0]).toContain('"lead"');
	expect(problems(graphOf(chain, { lead: { depth: 2 } }), child('x'))).toEqual([]);
	expect(problems({ ...graphOf(chain), delegated: 19 }, child('x'))).toEqual([]);
	expect(problems({ ...graphOf(chain), delegated: 19 }, child('x', 'y'))[0]).toContain('19');
	const many = Array.from({ length: 199 }, (_, i) => agent(`a${i}`));
	expect(problems(graphOf([...many, agent('lead')]), child('x'))).toEqual([
		'The run would have 201 agents; it may have 200.'
	]);
	const wide = [...many.slice(0, 99), agent('lead')];
	const end = agent(
		'end',
		wide.map(({ id }) => id)
	);
	expect(problems(graphOf([...wide, end]), child('x'))).toEqual([
		'Agent "end" would wait for more than 100 agents.'
	]);
});

test('R23 a refused delegation leaves the graph as it was', () => {
	const graph = graphOf(chain);
	const before = structuredClone(graph.agents);
	problems(graph, { ...child('x', after('y', 'after')), prune: ['ghost'] });
	spliced(graph, child('x'));
	expect(graph.agents).toEqual(before);
});
