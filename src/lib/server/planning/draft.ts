import { z } from 'zod';
import { AGENT_ID_RULE } from '../../domain/ids';
import { TOOL_NAMES } from '../../domain/tool-names';
import { MODEL_ROLES, workflowSchema, type WorkflowConfig } from '../../domain/workflow';

const agent = z.object({
	id: z.string().describe(`A short name for what it does: ${AGENT_ID_RULE}.`),
	prompt: z.string().describe('Its whole instruction: what to do, with what, and what to write.'),
	model: z
		.enum(MODEL_ROLES)
		.describe('fast for routine work, reasoning for hard questions, thinking for the hardest.'),
	tools: z.array(z.enum(TOOL_NAMES)).describe('What it may call; only what it needs.'),
	depends_on: z.array(z.string()).describe('Ids of the agents whose work it needs. No cycles.'),
	requires_approval: z
		.boolean()
		.describe('Whether a person is asked before it begins; only for what cannot be undone.')
});

/** What a planner may decide; everything else that it writes is dropped. */
const draft = z.object({
	id: z.string().describe('Lower-case letters, digits and "-".'),
	name: z.string().describe('A short title.'),
	description: z.string().describe('One or two sentences: what comes out.'),
	agents: z.array(agent).min(1).max(12)
});

/** JSON Schema of a plan, for the model's service. */
export const draftSchema: Record<string, unknown> = withoutDialect(
	z.toJSONSchema(draft, { io: 'output' })
);

function withoutDialect({ $schema: _, ...schema }: Record<string, unknown>) {
	return schema;
}

/** The workflow that a model has written down, or what is wrong with it. */
export function readDraft(text: string): { workflow: WorkflowConfig } | { problems: string[] } {
	let json: unknown;
	try {
		json = JSON.parse(bare(text));
	} catch (error) {
		return { problems: [`It is not JSON: ${error instanceof Error ? error.message : error}`] };
	}
	const drafted = draft.safeParse(json);
	if (!drafted.success) return { problems: issuesOf(drafted.error) };
	const parsed = workflowSchema.safeParse(drafted.data);
	return parsed.success ? { workflow: parsed.data } : { problems: issuesOf(parsed.error) };
}

/** Models without structured output like to put a fence around it. */
function bare(text: string): string {
	return /^\s*```(?:json)?\s*\n([\s\S]*?)\n?```\s*$/.exec(text)?.[1] ?? text;
}

function issuesOf({ issues }: z.ZodError): string[] {
	return issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
}
