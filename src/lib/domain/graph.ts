import { isSettled, type RunStatus, type StepStatus } from './run';
import { TOOL_NAMES } from './tool-names';

/** What is wrong with a graph, and which agent is to blame. */
export interface GraphProblem {
	agent_id: string;
	problem:
		| 'duplicate_id'
		| 'unknown_dependency'
		| 'cycle'
		| 'unknown_tool'
		| 'unknown_model'
		| 'approval_of_other_tool'
		| 'unpriced_model';
	message: string;
}

type Node = { id: string; depends_on: readonly string[] };

/** Everything that keeps these agents from being a runnable graph; empty when nothing does. */
export function graphProblems(
	agents: readonly (Node & {
		tools: readonly string[];
		tools_requiring_approval?: readonly string[] | undefined;
	})[]
): GraphProblem[] {
	const problems: GraphProblem[] = [];
	const ids = new Set<string>();
	for (const { id } of agents) {
		if (ids.has(id))
			problems.push({
				agent_id: id,
				problem: 'duplicate_id',
				message: `Two agents are named "${id}".`
			});
		ids.add(id);
	}
	for (const { id, depends_on, tools, tools_requiring_approval = [] } of agents) {
		for (const dependency of depends_on)
			if (!ids.has(dependency))
				problems.push({
					agent_id: id,
					problem: 'unknown_dependency',
					message: `Agent "${id}" depends on "${dependency}", which is not in the workflow.`
				});
		for (const tool of tools)
			if (!(TOOL_NAMES as readonly string[]).includes(tool))
				problems.push({
					agent_id: id,
					problem: 'unknown_tool',
					message: `Agent "${id}" uses the tool "${tool}"; there is ${TOOL_NAMES.join(', ')}.`
				});
		for (const tool of tools_requiring_approval)
			if (!tools.includes(tool))
				problems.push({
					agent_id: id,
					problem: 'approval_of_other_tool',
					message: `Agent "${id}" needs approval for the tool "${tool}", which is not among its tools.`
				});
	}
	if (problems.length === 0) {
		const cycle = findCycle(agents);
		const [first] = cycle;
		if (first !== undefined)
			problems.push({
				agent_id: first,
				problem: 'cycle',
				message: `These agents wait for each other: ${[...cycle, first].join(' → ')}.`
			});
	}
	return problems;
}

/** Agents so ordered that each comes after all it depends on. Expects a graph without problems. */
export function topologicalOrder<T extends Node>(agents: readonly T[]): T[] {
	const placed = new Set<string>();
	const order: T[] = [];
	let rest = [...agents];
	while (rest.length > 0) {
		const ready = rest.filter((a) => a.depends_on.every((d) => placed.has(d)));
		if (ready.length === 0) throw new Error('topologicalOrder was given a graph with a cycle');
		for (const agent of ready) placed.add(agent.id);
		order.push(...ready);
		rest = rest.filter((a) => !placed.has(a.id));
	}
	return order;
}

/** An agent and all that wait for it, also by way of others, in the order of `agents`. */
export function withDependents(agents: readonly Node[], id: string): string[] {
	const found = new Set([id]);
	for (let before = 0; before < found.size;) {
		before = found.size;
		for (const agent of agents) if (agent.depends_on.some((d) => found.has(d))) found.add(agent.id);
	}
	return agents.filter((agent) => found.has(agent.id)).map((agent) => agent.id);
}

/** All that an agent waits for, also by way of others, in the order of `agents`. */
export function ancestorsOf<T extends Node>(agents: readonly T[], id: string): T[] {
	const byId = new Map(agents.map((agent) => [agent.id, agent]));
	const found = new Set<string>();
	const open = [id];
	for (let next = open.pop(); next !== undefined; next = open.pop())
		for (const d of byId.get(next)?.depends_on ?? [])
			if (!found.has(d)) {
				found.add(d);
				open.push(d);
			}
	return agents.filter((agent) => found.has(agent.id));
}

/** What a run has to do next. */
export interface Moves {
	/** Agents to start: everything they depend on is completed. */
	ready: string[];
	/** Agents that wait, for others or for a person, and will not go on any more. */
	settle: { id: string; status: 'skipped' | 'cancelled'; because: string | null }[];
	/** How the run ends once `settle` is done; null while there is work left. */
	outcome: RunStatus | null;
}

/**
 * Decides a run's next moves from its steps' statuses alone, so that asking again changes nothing.
 * @param agents in topological order
 * @param halt nothing new may start: agents that wait, also for a person, end with this status
 */
export function nextMoves(
	agents: readonly Node[],
	statuses: ReadonlyMap<string, StepStatus>,
	halt: 'skipped' | 'cancelled' | null
): Moves {
	const now = new Map<string, StepStatus>();
	const moves: Moves = { ready: [], settle: [], outcome: null };
	for (const { id, depends_on } of agents) {
		const status = statuses.get(id) ?? 'waiting';
		now.set(id, status);
		if (status === 'awaiting_approval' && halt !== null) {
			moves.settle.push({ id, status: halt, because: null });
			now.set(id, halt);
		}
		if (status !== 'waiting') continue;
		const lost = depends_on.find((d) => {
			const before = now.get(d);
			return before !== undefined && before !== 'completed' && isSettled(before);
		});
		if (halt !== null || lost !== undefined) {
			const settled = halt ?? 'skipped';
			moves.settle.push({ id, status: settled, because: lost ?? null });
			now.set(id, settled);
		} else if (depends_on.every((d) => now.get(d) === 'completed')) moves.ready.push(id);
	}
	const all = [...now.values()];
	if (all.every(isSettled)) {
		if (halt === 'cancelled') moves.outcome = 'cancelled';
		else moves.outcome = all.every((s) => s === 'completed') ? 'completed' : 'failed';
	}
	return moves;
}

/** The ids of one cycle in the order of waiting, or none. */
function findCycle(agents: readonly Node[]): string[] {
	const byId = new Map(agents.map((a) => [a.id, a]));
	const done = new Set<string>();
	const path: string[] = [];
	function visit(id: string): string[] {
		const at = path.indexOf(id);
		if (at >= 0) return path.slice(at);
		if (done.has(id)) return [];
		path.push(id);
		for (const next of byId.get(id)?.depends_on ?? []) {
			const cycle = visit(next);
			if (cycle.length > 0) return cycle;
		}
		path.pop();
		done.add(id);
		return [];
	}
	for (const { id } of agents) {
		const cycle = visit(id);
		if (cycle.length > 0) return cycle;
	}
	return [];
}
