import { graphProblems } from '$lib/domain/graph';
import { workflowSchema, type WorkflowConfig } from '$lib/domain/workflow';
import { plainWords } from './schema-words';

/** A workflow from a file, or everything that keeps the file from being one; each names its culprit. */
export function readWorkflow(
	text: string
): { config: WorkflowConfig; problems?: never } | { config?: never; problems: string[] } {
	let raw: unknown;
	try {
		raw = JSON.parse(text);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		return { problems: [`This file is not JSON: ${reason}`] };
	}
	if (!isObject(raw))
		return { problems: ['This file is JSON, but no workflow: it must be one object.'] };
	// What editors use to find the schema is no part of the workflow.
	const { $schema: _, ...workflow } = raw;
	const parsed = workflowSchema.safeParse(workflow, { error: plainWords });
	if (!parsed.success)
		return {
			problems: parsed.error.issues.map(({ path, message }) => {
				const where = placeOf(workflow, path);
				return where ? `${where}: ${message}` : message;
			})
		};
	const problems = graphProblems(parsed.data.agents).map(({ message }) => message);
	return problems.length > 0 ? { problems } : { config: parsed.data };
}

function placeOf(workflow: Record<string, unknown>, path: readonly PropertyKey[]): string {
	const [first, index, ...rest] = path;
	if (first !== 'agents' || typeof index !== 'number') return path.map(String).join('.');
	const agents = Array.isArray(workflow.agents) ? (workflow.agents as unknown[]) : [];
	const agent = agents[index];
	const name =
		isObject(agent) && typeof agent.id === 'string' ? `"${agent.id}"` : `number ${index + 1}`;
	return [`Agent ${name}`, rest.map(String).join('.')].filter(Boolean).join(', ');
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
