import { expect, test } from 'vitest';
import { ancestorsOf, graphProblems, nextMoves, topologicalOrder, withDependents } from './graph';
import type { StepStatus } from './run';

const node = (id: string, ...depends_on: string[]) => ({ id, depends_on, tools: [] as string[] });
const diamond = [node('a'), node('b', 'a'), node('c', 'a'), node('d', 'b', 'c')];
const statuses = (all: Record<string, StepStatus>) => new Map(Object.entries(all));

test('R12 names each culprit of a broken graph', () => {
	const named = (agents: ReturnType<typeof node>[]) =>
		graphProblems(agents).map(({ agent_id, problem }) => [agent_id, problem]);
	expect(named(diamond)).toEqual([]);
	expect(named([node('a'), node('a')])).toEqual([['a', 'duplicate_id']]);
	expect(named([node('a', 'x')])).toEqual([['a', 'unknown_dependency']]);
	expect(named([node('a', 'a')])).toEqual([['a', 'cycle']]);
	expect(named([{ ...node('a'), tools: ['rm'] }])).toEqual([['a', 'unknown_tool']]);
	const [cycle] = graphProblems([node('z'), node('a', 'c', 'z'), node('b', 'a'), node('c', 'b')]);
	expect(cycle?.message).toBe('These agents wait for each other: a → c → b → a.');
});

test('orders agents after everything they depend on', () => {
	expect(topologicalOrder([...diamond].reverse()).map(({ id }) => id)).toEqual([
		'a',
		'c',
		'b',
		'd'
	]);
	expect(() => topologicalOrder([node('a', 'a')])).toThrow('cycle');
});

test('R14 what is ready has all its dependencies completed', () => {
	const ready = (all: Record<string, StepStatus>) => nextMoves(diamond, statuses(all), null).ready;
	expect(ready({})).toEqual(['a']);
	expect(ready({ a: 'running' })).toEqual([]);
	expect(ready({ a: 'completed' })).toEqual(['b', 'c']);
	expect(ready({ a: 'completed', b: 'completed', c: 'running' })).toEqual([]);
	expect(ready({ a: 'completed', b: 'completed', c: 'completed' })).toEqual(['d']);
});

test('R14 a failure skips all that wait for it, at any distance', () => {
	const moves = nextMoves(
		[...diamond, node('e', 'd')],
		statuses({ a: 'completed', b: 'failed', c: 'running' }),
		null
	);
	expect(moves.settle).toEqual([
		{ id: 'd', status: 'skipped', because: 'b' },
		{ id: 'e', status: 'skipped', because: 'd' }
	]);
	expect(moves.outcome).toBeNull();
});

test('R14 a run is completed only when every step is', () => {
	const outcome = (all: Record<string, StepStatus>) =>
		nextMoves(diamond, statuses(all), null).outcome;
	const done = { a: 'completed', b: 'completed', c: 'completed', d: 'completed' } as const;
	expect(outcome(done)).toBe('completed');
	expect(outcome({ ...done, d: 'failed' })).toBe('failed');
	expect(outcome({ ...done, c: 'failed', d: 'waiting' })).toBe('failed');
	expect(outcome({ ...done, d: 'running' })).toBeNull();
	expect(outcome({ ...done, d: 'awaiting_approval' })).toBeNull();
});

test('R17 a halted run starts nothing more and ends when what is going on has let go', () => {
	const going = nextMoves(diamond, statuses({ a: 'completed', b: 'running' }), 'cancelled');
	expect(going.ready).toEqual([]);
	expect(going.settle.map(({ id, status }) => [id, status])).toEqual([
		['c', 'cancelled'],
		['d', 'cancelled']
	]);
	expect(going.outcome).toBeNull();
	const over = nextMoves(diamond, statuses({ a: 'completed', b: 'cancelled' }), 'cancelled');
	expect(over.outcome).toBe('cancelled');
	expect(nextMoves(diamond, statuses({ a: 'failed' }), 'skipped').outcome).toBe('failed');
});

test('R21 finds all before an agent and all that wait for it, near and far', () => {
	const graph = [...diamond, node('e', 'd'), node('alone')];
	const before = (id: string) => ancestorsOf(graph, id).map((agent) => agent.id);
	expect([before('a'), before('d'), before('e')]).toEqual([
		[],
		['a', 'b', 'c'],
		['a', 'b', 'c', 'd']
	]);
	expect(withDependents(graph, 'b')).toEqual(['b', 'd', 'e']);
	expect(withDependents([...graph].reverse(), 'a')).toEqual(['e', 'd', 'c', 'b', 'a']);
	expect(withDependents(graph, 'alone')).toEqual(['alone']);
});
