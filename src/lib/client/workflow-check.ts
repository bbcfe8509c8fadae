import { graphProblems, type GraphProblem } from '$lib/domain/graph';
import { workflowSchema, type Agent, type WorkflowConfig } from '$lib/domain/workflow';
import { plainWords } from './schema-words';
import { idsIn, type Draft, type DraftAgent } from './workflow-form';

/** What keeps a draft from being a workflow. */
export interface DraftProblem {
	/** The place of the agent in the form; null when it is about the whole. */
	agent: number | null;
	/** The field of the agent, or of the workflow, by its name in the draft. */
	field?: string;
	/** Names the agent. */
	message: string;
}

/** Models by the beginning of their names that this server cannot use yet, and why. */
export type UnusableModels = readonly { prefix: string; why: string }[];

/** The workflow that the draft describes, or everything that keeps it from being one. */
export function configOf(
	draft: Draft,
	unusable: UnusableModels = []
): { config: WorkflowConfig; problems?: never } | { config?: never; problems: DraftProblem[] } {
	const problems: DraftProblem[] = missing(draft);
	const parsed = workflowSchema.safeParse(
		{ ...rawConfig(draft), id: draft.id || 'new' },
		{ error: plainWords }
	);
	const known = (agent: number | null, field: string) =>
		problems.some((one) => one.agent === agent && one.field === field);
	for (const { path, message } of parsed.error?.issues ?? []) {
		const agent = path[0] === 'agents' && typeof path[1] === 'number' ? path[1] : null;
		const field = draftField(agent === null ? path[0] : path[2]);
		if (known(agent, field)) continue;
		const where = [agent === null ? null : nameOf(draft, agent), FIELD_NAMES[field]];
		const told = where.filter(Boolean).join(', ');
		problems.push({ agent, field, message: told ? `${told}: ${message}` : message });
	}
	problems.push(...inGraph(draft), ...unusableIn(draft, unusable));
	return parsed.success && problems.length === 0
		? { config: { ...parsed.data, id: draft.id } }
		: { problems };
}

function missing(draft: Draft): DraftProblem[] {
	const problems: DraftProblem[] = [];
	if (draft.name.trim() === '')
		problems.push({ agent: null, field: 'name', message: 'The workflow needs a name.' });
	if (draft.agents.length === 0)
		problems.push({
			agent: null,
			field: 'agents',
			message: 'The workflow needs at least one agent.'
		});
	draft.agents.forEach((agent, n) => {
		if (agent.id.trim() === '')
			problems.push({ agent: n, field: 'id', message: `Agent ${n + 1} needs a name.` });
		if (agent.prompt.trim() === '') {
			const message = `${nameOf(draft, n)} needs a prompt: what is it to do?`;
			problems.push({ agent: n, field: 'prompt', message });
		}
	});
	return problems;
}

function inGraph(draft: Draft): DraftProblem[] {
	const named = draft.agents
		.map((agent, place) => ({
			place,
			id: agent.id.trim(),
			depends_on: idsIn(agent.depends_on),
			tools: agent.tools
		}))
		.filter(({ id }) => id !== '');
	return graphProblems(named).map(({ agent_id, problem, message }) => ({
		agent: named.findLast(({ id }) => id === agent_id)?.place ?? null,
		field: GRAPH_FIELDS[problem],
		message
	}));
}

function unusableIn(draft: Draft, unusable: UnusableModels): DraftProblem[] {
	return draft.agents.flatMap(({ model }, agent) => {
		const found = unusable.find(({ prefix }) => model.startsWith(prefix));
		if (!found) return [];
		return [{ agent, field: 'model', message: `${nameOf(draft, agent)}, model: ${found.why}` }];
	});
}

const GRAPH_FIELDS: Record<GraphProblem['problem'], string> = {
	duplicate_id: 'id',
	unknown_dependency: 'depends_on',
	cycle: 'depends_on',
	unknown_tool: 'tools',
	approval_of_other_tool: 'tools_requiring_approval',
	unknown_model: 'model',
	unpriced_model: 'model'
};

/** A field of the workflow by its name in the draft. */
const draftField = (name: PropertyKey | undefined) =>
	name === 'timeout_ms' ? 'timeout_s' : String(name ?? '');

const nameOf = (draft: Draft, n: number) =>
	`Agent ${draft.agents[n]?.id ? `"${draft.agents[n].id}"` : n + 1}`;

const FIELD_NAMES: Record<string, string> = {
	name: 'Name',
	description: 'Description',
	model: 'model',
	prompt: 'prompt',
	role: 'role',
	max_token_budget: 'Token budget',
	max_cost_usd: 'Cost budget',
	timeout_s: 'Time limit'
};

function rawConfig(draft: Draft): Record<string, unknown> {
	return {
		id: draft.id,
		name: draft.name.trim(),
		...(draft.description.trim() === '' ? {} : { description: draft.description.trim() }),
		agents: draft.agents.map(rawAgent),
		...optional('max_token_budget', numberIn(draft.max_token_budget)),
		...optional('max_cost_usd', numberIn(draft.max_cost_usd)),
		...optional('timeout_ms', numberIn(draft.timeout_s, 1000)),
		...(draft.allow_internet ? { allow_internet: true } : {})
	};
}

function rawAgent(agent: DraftAgent): Partial<Record<keyof Agent, unknown>> {
	const asked = agent.tools_requiring_approval.filter((tool) => agent.tools.includes(tool));
	const [x = NaN, y = NaN] = agent.position.split(',').map(Number);
	return {
		id: agent.id.trim(),
		role: agent.role,
		model: agent.model.trim() || 'fast',
		prompt: agent.prompt,
		tools: agent.tools,
		depends_on: idsIn(agent.depends_on),
		accepts_directive: agent.accepts_directive,
		allow_delegation: agent.allow_delegation,
		requires_approval: agent.requires_approval,
		...(asked.length > 0 ? { tools_requiring_approval: asked } : {}),
		...(agent.user_directive.trim() === '' ? {} : { user_directive: agent.user_directive }),
		...(Number.isFinite(x) && Number.isFinite(y) ? { position: { x, y } } : {})
	};
}

/** Undefined when nothing was typed; what is no number is left for the schema to refuse. */
function numberIn(text: string, times = 1): unknown {
	const plain = text.replace(/[\s_,$](?=\d)/g, '').trim();
	if (plain === '') return undefined;
	const n = Number(plain);
	return Number.isFinite(n) ? n * times : text;
}

const optional = (name: string, value: unknown) => (value === undefined ? {} : { [name]: value });
