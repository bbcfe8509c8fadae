import { graphProblems } from '$lib/domain/graph';
import { workflowSchema, type Agent, type WorkflowConfig } from '$lib/domain/workflow';
import { idsIn, type Draft, type DraftAgent } from './workflow-form';

/** What keeps a draft from being a workflow. */
export interface DraftProblem {
	/** The place of the agent in the form; null when it is about the whole. */
	agent: number | null;
	/** Names the agent. */
	message: string;
}

/** The workflow that the draft describes, or everything that keeps it from being one. */
export function configOf(
	draft: Draft
): { config: WorkflowConfig; problems?: never } | { config?: never; problems: DraftProblem[] } {
	const problems: DraftProblem[] = [];
	if (draft.name.trim() === '')
		problems.push({ agent: null, message: 'The workflow needs a name.' });
	if (draft.agents.length === 0)
		problems.push({ agent: null, message: 'The workflow needs at least one agent.' });
	draft.agents.forEach((agent, n) => {
		if (agent.id.trim() === '')
			problems.push({ agent: n, message: `Agent ${n + 1} needs a name.` });
		if (agent.prompt.trim() === '')
			problems.push({ agent: n, message: `${nameOf(draft, n)} needs a prompt: what is it to do?` });
	});
	if (problems.length > 0) return { problems };

	const parsed = workflowSchema.safeParse(rawConfig(draft));
	if (!parsed.success)
		return {
			problems: parsed.error.issues.map(({ path, message }) => {
				const agent = path[0] === 'agents' && typeof path[1] === 'number' ? path[1] : null;
				const field = FIELD_NAMES[String(agent === null ? path[0] : path[2])];
				const where = [agent === null ? null : nameOf(draft, agent), field].filter(Boolean);
				return { agent, message: where.length > 0 ? `${where.join(', ')}: ${message}` : message };
			})
		};
	const graph = graphProblems(parsed.data.agents).map(({ agent_id, message }) => ({
		agent: parsed.data.agents.findLastIndex(({ id }) => id === agent_id),
		message
	}));
	return graph.length > 0 ? { problems: graph } : { config: parsed.data };
}

const nameOf = (draft: Draft, n: number) =>
	`Agent ${draft.agents[n]?.id ? `"${draft.agents[n].id}"` : n + 1}`;

const FIELD_NAMES: Record<string, string> = {
	name: 'name',
	description: 'Description',
	model: 'model',
	prompt: 'prompt',
	role: 'role',
	max_token_budget: 'Token budget',
	max_cost_usd: 'Cost budget',
	timeout_ms: 'Time limit'
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
