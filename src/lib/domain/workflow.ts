import { z } from 'zod';
import { AGENT_ID, AGENT_ID_RULE, isAgentId } from './ids';
import { TOOL_NAMES } from './tool-names';

export const MODEL_ROLES = ['fast', 'reasoning', 'thinking'] as const;
export type ModelRole = (typeof MODEL_ROLES)[number];

const agentId = z
	.string()
	.refine(isAgentId, {
		error: (issue) =>
			`${JSON.stringify(issue.input)} is not an agent id. An agent id is ${AGENT_ID_RULE}.`
	})
	// For the published schema, which does not see into a refinement.
	.meta({ pattern: AGENT_ID.source, description: `The agent's name: ${AGENT_ID_RULE}.` });
/** Which tools there are is checked with the graph, which names the agent; see graphProblems. */
const tool = z.string().meta({ enum: [...TOOL_NAMES] });
const model = z
	.string()
	.max(200)
	.regex(/^(fast|reasoning|thinking|(gemini|openai|builtin):[^\s]+)$/, {
		error:
			'A model is "fast", "reasoning", "thinking", "gemini:<model>", "openai:<model>" or "builtin:analyst".'
	});

export const agentSchema = z.strictObject({
	id: agentId,
	role: z.enum(['orchestrator', 'worker', 'observer']).default('worker'),
	model: model.default('fast'),
	tools: z.array(tool).max(20).default([]),
	depends_on: z.array(z.string()).max(100).default([]),
	prompt: z.string().min(1, 'It has to say what the agent is to do.').max(50_000),
	/** Whether the run's directive is put before the agent. */
	accepts_directive: z.boolean().default(true),
	/** A directive of its own: added to the run's, or alone where the run's is not accepted. */
	user_directive: z.string().max(50_000).optional(),
	allow_delegation: z.boolean().default(false),
	/** A person has to agree before the agent begins. */
	requires_approval: z.boolean().default(false),
	/** Those of its tools of which a person has to agree to each call. */
	tools_requiring_approval: z.array(tool).max(20).optional(),
	position: z.strictObject({ x: z.number(), y: z.number() }).optional()
});

export const MAX_AGENTS = 200;

const config = {
	id: z
		.string()
		.min(1)
		.max(100)
		.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, {
			error: 'A workflow id is letters, digits, ".", "_" and "-".'
		}),
	name: z.string().min(1).max(200),
	/** For the person who chooses: what comes out, and what it needs. */
	description: z.string().max(2000).optional(),
	agents: z.array(agentSchema).min(1).max(MAX_AGENTS),
	/** Tokens that all steps together may use. */
	max_token_budget: z.int().positive().optional(),
	/** US dollars that all steps together may cost; needs models with a known price. */
	max_cost_usd: z.number().positive().optional(),
	/** Whether code may reach the internet, where the sandbox can let it: E2B. Never in local sandboxes. */
	allow_internet: z.boolean().optional(),
	/** Milliseconds; may only shorten the server's own limit. */
	timeout_ms: z.int().positive().optional()
};

export const workflowSchema = z.strictObject(config);

/** What `POST /runtime/start` takes: a whole workflow, or the id of a stored one. */
export const startSchema = z.strictObject({
	...config,
	name: config.name.optional(),
	agents: config.agents.optional(),
	user_directive: z.string().max(50_000).default(''),
	attached_files: z.array(z.string()).max(500).default([])
});

/** What `POST /runtime/<run_id>/rerun` takes: what is to be different. */
export const rerunSchema = z.strictObject({
	user_directive: z.string().max(50_000).optional(),
	attached_files: z.array(z.string()).max(500).optional(),
	agents: config.agents.optional(),
	max_token_budget: config.max_token_budget,
	max_cost_usd: config.max_cost_usd
});

/** What `POST /runtime/<run_id>/resume` may take: the one step that is to be done again. */
export const resumeSchema = z.strictObject({ agent_id: agentId.optional() });

/** What `POST /runtime/<run_id>/approve` takes. */
export const decisionSchema = z.strictObject({
	agent_id: agentId,
	approved: z.boolean(),
	/** What was decided on, as `approval_requested` names it: a request for anything else stays open. */
	turn: z.int().min(0).optional(),
	call_id: z.string().max(1_000).optional(),
	/** Read by the agent when it was refused. */
	note: z.string().max(5_000).optional()
});

/** What `POST /runtime/plan` takes. */
export const planSchema = z.strictObject({
	user_directive: z.string().min(1).max(50_000),
	attached_files: z.array(z.string()).max(500).default([])
});

export type RerunRequest = z.infer<typeof rerunSchema>;
export type Decision = z.infer<typeof decisionSchema>;
export type PlanRequest = z.infer<typeof planSchema>;
export type Agent = z.infer<typeof agentSchema>;
/** A named acyclic graph of agents: data, no state. */
export type WorkflowConfig = z.infer<typeof workflowSchema>;
export type StartRequest = z.infer<typeof startSchema>;
