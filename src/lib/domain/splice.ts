import { ancestorsOf, graphProblems, topologicalOrder } from './graph';
import { isSettled, type StepStatus } from './run';
import { MAX_AGENTS, type Agent, type ModelRole } from './workflow';

/** How many delegations may lie between the workflow and an agent. */
export const MAX_DEPTH = 3;
/** How many agents may be made in one run, and in one delegation. */
export const MAX_DELEGATED = 20;
export const MAX_NEW_AGENTS = 10;
/** As many as a workflow's agent may have. */
const MAX_DEPENDENCIES = 100;

/** An agent as another agent asks for it. */
export interface NewAgent {
	id: Agent['id'];
	prompt: string;
	role?: Agent['role'] | undefined;
	/** All of the delegator's when absent. */
	tools?: string[] | undefined;
	model?: ModelRole | undefined;
	/** Beyond what the relation says. */
	depends_on?: string[] | undefined;
	allow_delegation?: boolean | undefined;
}

/** What one delegation asks for. */
export interface Delegation {
	/** `child`: after the delegator, with its answer. `sibling`: beside it. */
	relation: 'child' | 'sibling';
	agents: NewAgent[];
	/** Agents to be taken out. */
	prune: string[];
}

/** A running graph. */
export interface LiveGraph {
	/** In topological order. */
	agents: readonly Agent[];
	standing: ReadonlyMap<string, { status: StepStatus; attempt: number; depth: number }>;
	/** How many agents were made in this run so far, those since taken out included. */
	delegated: number;
}

/** The graph as it is after a delegation, and what is different. */
export interface Spliced {
	/** In topological order. */
	agents: Agent[];
	added: Agent[];
	removed: string[];
	/** Agents that wait for others now. */
	rewired: { id: string; depends_on: string[] }[];
	/** Of the added agents. */
	depth: number;
}

/**
 * Splices new agents into a running graph on behalf of the agent `by`. Whatever waited for it waits for
 * the last of the new agents, too. What waited for an agent that is taken out waits for what that one
 * waited for. A new agent never has a right that `by` has not.
 * @returns the new graph, or everything that stands against it, each naming its culprit
 */
export function splice(
	graph: LiveGraph,
	by: string,
	request: Delegation
): Spliced | { problems: string[] } {
	const delegator = graph.agents.find(({ id }) => id === by);
	if (!delegator) return { problems: [`There is no agent "${by}".`] };
	const depth = (graph.standing.get(by)?.depth ?? 0) + 1;
	const problems = [
		...capProblems(graph, by, depth, request),
		...newAgentProblems(graph, delegator, request),
		...pruneProblems(graph, by, request.prune)
	];
	if (problems.length > 0) return { problems };

	const added = request.agents.map((asked) => agentOf(asked, delegator, request.relation));
	const waitedFor = new Set<string>(added.flatMap(({ depends_on }) => depends_on));
	const leaves = added.map(({ id }) => id).filter((id) => !waitedFor.has(id));
	const removed = new Set(request.prune);
	const kept = graph.agents
		.filter(({ id }) => !removed.has(id))
		.map((agent): Agent => {
			const before = inherited(graph.agents, removed, agent.depends_on);
			const waits = graph.standing.get(agent.id)?.status === 'waiting' && before.includes(by);
			const depends_on = waits ? [...new Set([...before, ...leaves])] : before;
			return sameNames(depends_on, agent.depends_on) ? agent : { ...agent, depends_on };
		});
	const agents = [...kept, ...added];
	const broken = [
		...graphProblems(agents).map(({ message }) => message),
		...agents
			.filter(({ depends_on }) => depends_on.length > MAX_DEPENDENCIES)
			.map(({ id }) => `Agent "${id}" would wait for more than ${MAX_DEPENDENCIES} agents.`)
	];
	if (broken.length > 0) return { problems: broken };
	const rewired = kept
		.filter((agent) => !graph.agents.includes(agent))
		.map(({ id, depends_on }) => ({ id, depends_on }));
	return { agents: topologicalOrder(agents), added, removed: request.prune, rewired, depth };
}

function capProblems(
	{ agents, delegated }: LiveGraph,
	by: string,
	depth: number,
	request: Delegation
): string[] {
	const problems: string[] = [];
	const total = agents.length - request.prune.length + request.agents.length;
	if (depth > MAX_DEPTH)
		problems.push(
			`Agent "${by}" was made by ${MAX_DEPTH} delegations, one out of the other; it cannot delegate further.`
		);
	if (delegated + request.agents.length > MAX_DELEGATED)
		problems.push(
			`A run may make ${MAX_DELEGATED} agents; ${delegated} were made, and "${by}" asks for ${request.agents.length} more.`
		);
	if (total > MAX_AGENTS)
		problems.push(`The run would have ${total} agents; it may have ${MAX_AGENTS}.`);
	return problems;
}

function newAgentProblems(graph: LiveGraph, delegator: Agent, request: Delegation): string[] {
	const problems: string[] = [];
	const existing = new Set<string>(graph.agents.map(({ id }) => id));
	for (const { id, tools = [], depends_on = [] } of request.agents) {
		if (existing.has(id)) problems.push(`There is an agent "${id}" already; choose another id.`);
		for (const tool of tools)
			if (!delegator.tools.includes(tool))
				problems.push(
					`Agent "${id}" asks for the tool "${tool}", which "${delegator.id}" does not have.`
				);
		for (const dependency of depends_on) {
			const status = graph.standing.get(dependency)?.status;
			if (request.prune.includes(dependency))
				problems.push(`Agent "${id}" depends on "${dependency}", which is to be taken out.`);
			else if (status !== undefined && status !== 'completed' && isSettled(status))
				problems.push(`Agent "${id}" depends on "${dependency}", which is ${status}.`);
		}
	}
	return problems;
}

function pruneProblems(graph: LiveGraph, by: string, prune: readonly string[]): string[] {
	const before = new Set<string>(ancestorsOf(graph.agents, by).map(({ id }) => id));
	return prune.flatMap((id, index) => {
		const step = graph.standing.get(id);
		if (!step) return [`There is no agent "${id}" to take out.`];
		if (prune.indexOf(id) !== index) return [`Agent "${id}" is to be taken out twice.`];
		if (id === by) return [`Agent "${id}" cannot take itself out.`];
		if (before.has(id)) return [`Agent "${id}" cannot be taken out: "${by}" rests on it.`];
		if (step.status !== 'waiting' || step.attempt > 0)
			return [`Agent "${id}" cannot be taken out: it has begun already.`];
		if (graph.agents.find((agent) => agent.id === id)?.requires_approval)
			return [`Agent "${id}" cannot be taken out: a person is to be asked about it.`];
		return [];
	});
}

/** Rights and duties are the delegator's own, or less. */
function agentOf(asked: NewAgent, delegator: Agent, relation: Delegation['relation']): Agent {
	const { id, prompt, role = 'worker', model = 'fast', allow_delegation = false } = asked;
	const tools = [...new Set(asked.tools ?? delegator.tools)];
	const base = relation === 'child' ? [delegator.id] : delegator.depends_on;
	const asking = delegator.tools_requiring_approval?.filter((name) => tools.includes(name));
	return {
		id,
		role,
		model,
		tools,
		depends_on: [...new Set([...base, ...(asked.depends_on ?? [])])],
		prompt,
		accepts_directive: delegator.accepts_directive,
		allow_delegation,
		requires_approval: delegator.requires_approval,
		...(asking ? { tools_requiring_approval: asking } : {})
	};
}

/** The dependencies, with each that is taken out replaced by its own. */
function inherited(
	agents: readonly Agent[],
	removed: ReadonlySet<string>,
	dependencies: readonly string[]
): string[] {
	const seen = new Set<string>();
	const visit = (ids: readonly string[]): void => {
		for (const id of ids) {
			if (seen.has(id)) continue;
			seen.add(id);
			if (removed.has(id)) visit(agents.find((agent) => agent.id === id)?.depends_on ?? []);
		}
	};
	visit(dependencies);
	return [...seen].filter((id) => !removed.has(id));
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
	return one.length === other.length && one.every((name, index) => name === other[index]);
}
