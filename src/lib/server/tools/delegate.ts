import { z } from 'zod';
import { isAgentId, AGENT_ID_RULE } from '../../domain/ids';
import { MAX_DELEGATED, MAX_DEPTH, MAX_NEW_AGENTS } from '../../domain/splice';
import { MODEL_ROLES } from '../../domain/workflow';

const MAX_PROMPT = 20_000;

const agentId = z
	.string()
	.refine(isAgentId, {
		error: (issue) => `${JSON.stringify(issue.input)} is not an id. An id is ${AGENT_ID_RULE}.`
	})
	.describe(`New in this run: ${AGENT_ID_RULE}.`);

const newAgent = z.strictObject({
	id: agentId,
	prompt: z
		.string()
		.min(1)
		.max(MAX_PROMPT)
		.describe('Everything the agent has to know and do. It sees no conversation of yours.'),
	role: z.enum(['orchestrator', 'worker', 'observer']).optional(),
	tools: z
		.array(z.string())
		.max(20)
		.optional()
		.describe('Some of your own tools by name; all of them when left out.'),
	model: z.enum(MODEL_ROLES).optional().describe('"fast" when left out.'),
	depends_on: z
		.array(z.string())
		.max(50)
		.optional()
		.describe('Further agents it waits for: ids of new or of existing ones.'),
	allow_delegation: z.boolean().optional().describe('Whether it may delegate in turn.')
});

/** What an agent with `allow_delegation` is offered; the engine itself carries it out. */
export const delegateTool = {
	name: 'delegate',
	description:
		'Adds agents to this run while it goes on, and can take out agents that have not begun. Use it when the ' +
		'task has parts that others should do, such as one agent for each file; do small things yourself. ' +
		'relation "child": the new agents begin after you have given your answer, and are given it. ' +
		'"sibling": they begin at once, beside you, with what you were given. In both cases you never see ' +
		'their answers: the agents that wait for you then wait for them as well, and are given their answers, ' +
		'so end with an answer of your own. New agents see the files of the run, and the directive if you do; ' +
		'they have your tools or fewer, and where a person has to agree for you, also for them. "prune" takes ' +
		'agents out that have not begun; what waited for one waits for what that one waited for. ' +
		`At most ${MAX_NEW_AGENTS} new agents a call, ${MAX_DELEGATED} a run, ${MAX_DEPTH} delegations one out of the other. ` +
		'All of a call is done, or nothing with the reason.',
	input: z.strictObject({
		relation: z.enum(['child', 'sibling']),
		agents: z.array(newAgent).min(1).max(MAX_NEW_AGENTS),
		prune: z.array(z.string()).max(200).default([]).describe('Ids of agents to take out.')
	})
};
