import { DomainError } from '../../domain/errors';
import { nameProblem, parseFileName, type FileName } from '../../domain/file-name';
import { graphProblems, topologicalOrder, type GraphProblem } from '../../domain/graph';
import type { ClientId } from '../../domain/ids';
import {
	workflowSchema,
	type Agent,
	type StartRequest,
	type WorkflowConfig
} from '../../domain/workflow';
import type { Attachable, Models, Workflows } from './ports';

/** A request that can be run. */
export interface Checked {
	workflow: WorkflowConfig;
	/** In topological order. */
	agents: Agent[];
	models: Map<string, string>;
	directive: string;
	attachments: FileName[];
}

/**
 * Decides whether a request can be run, and names every culprit when it cannot.
 * @throws DomainError `invalid`
 */
export async function checkStart(
	deps: { library: Attachable; models: Models; workflows: Workflows },
	client: ClientId,
	request: StartRequest
): Promise<Checked> {
	const workflow = await workflowOf(client, request, deps.workflows);
	return {
		workflow,
		models: requireRunnable(deps.models, workflow.agents, workflow.max_cost_usd),
		agents: topologicalOrder(workflow.agents),
		directive: request.user_directive,
		attachments: await requireAttachments(deps.library, client, request.attached_files)
	};
}

/**
 * What does each agent's work, as `provider:name`.
 * @param maxCostUsd the run's, which asks for models with a known price
 * @throws DomainError `invalid` naming all that keeps the agents from being a runnable graph
 */
export function requireRunnable(
	models: Pick<Models, 'resolve' | 'priced'>,
	agents: readonly Agent[],
	maxCostUsd?: number
): Map<string, string> {
	const problems = graphProblems(agents);
	const resolved = new Map<string, string>();
	for (const agent of agents)
		try {
			const model = models.resolve(agent.model);
			resolved.set(agent.id, model);
			if (maxCostUsd !== undefined && models.priced(model) === null)
				problems.push({
					agent_id: agent.id,
					problem: 'unpriced_model',
					message: `Agent "${agent.id}" works with "${model}", whose price is not known, so max_cost_usd cannot be kept. Set its price in MODEL_PRICES, or leave max_cost_usd out.`
				});
		} catch (error) {
			if (!(error instanceof DomainError)) throw error;
			problems.push({
				agent_id: agent.id,
				problem: 'unknown_model',
				message: `Agent "${agent.id}" cannot work: ${error.message}`
			});
		}
	if (problems.length > 0) throw refusal(problems);
	return resolved;
}

async function workflowOf(
	client: ClientId,
	request: StartRequest,
	workflows: Workflows
): Promise<WorkflowConfig> {
	const { id, name, description, agents } = request;
	const { max_token_budget, max_cost_usd, allow_internet, timeout_ms } = request;
	const limits = {
		...(description === undefined ? {} : { description }),
		...(max_token_budget === undefined ? {} : { max_token_budget }),
		...(max_cost_usd === undefined ? {} : { max_cost_usd }),
		...(allow_internet === undefined ? {} : { allow_internet }),
		...(timeout_ms === undefined ? {} : { timeout_ms })
	};
	if (agents !== undefined)
		return workflowSchema.parse({ id, name: name ?? id, agents, ...limits });
	const stored = await workflows.get(client, id);
	if (!stored)
		throw new DomainError('invalid', `There is no workflow "${id}".`, [
			{ workflow_id: id, problem: 'unknown_workflow', message: `There is no workflow "${id}".` }
		]);
	return { ...stored, ...(name === undefined ? {} : { name }), ...limits };
}

/** The names as the library has them, each once. @throws DomainError `invalid` naming the unknown ones */
export async function requireAttachments(
	library: Attachable,
	client: ClientId,
	raw: string[]
): Promise<FileName[]> {
	const problems: { attached_file: string; problem: string; message: string }[] = [];
	const names = new Set<FileName>();
	for (const name of raw) {
		const bad = nameProblem(name);
		const file = bad === null ? await library.find(client, parseFileName(name)) : null;
		if (file) names.add(parseFileName(file.name));
		else
			problems.push({
				attached_file: name,
				problem: 'unknown_attachment',
				message: `The attached file ${JSON.stringify(name)} is not in the library.`
			});
	}
	if (problems.length > 0) throw refusal(problems);
	return [...names];
}

function refusal(problems: (GraphProblem | { message: string })[]): DomainError {
	return new DomainError('invalid', problems.map(({ message }) => message).join(' '), problems);
}
