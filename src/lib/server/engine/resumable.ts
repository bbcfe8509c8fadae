import { DomainError, notFound } from '../../domain/errors';
import { withDependents } from '../../domain/graph';
import type { ClientId } from '../../domain/ids';
import { isActive, type StepStatus } from '../../domain/run';
import { workflowSchema } from '../../domain/workflow';
import type { runs } from '../db/schema';
import { toStatus } from '../runs/rows';
import type { Spent } from './budget';

type Node = { id: string; depends_on: readonly string[] };

/**
 * Which steps are to wait again: all that are not completed, or one that a person has chosen and all
 * that depend on it.
 * @throws DomainError `invalid` when there is no such agent, `conflict` when it could not start
 */
export function stepsToReset(
	agents: readonly Node[],
	statuses: ReadonlyMap<string, StepStatus>,
	chosen?: string
): string[] {
	if (chosen === undefined)
		return agents.map(({ id }) => id).filter((id) => statuses.get(id) !== 'completed');
	const agent = agents.find(({ id }) => id === chosen);
	if (!agent) {
		const message = `The run has no agent "${chosen}".`;
		throw new DomainError('invalid', message, [
			{ agent_id: chosen, problem: 'unknown_agent', message }
		]);
	}
	const lost = agent.depends_on.find((id) => statuses.get(id) !== 'completed');
	if (lost !== undefined)
		throw new DomainError(
			'conflict',
			`"${chosen}" waits for "${lost}", which is not completed. Retry "${lost}" instead.`
		);
	return withDependents(agents, chosen);
}

/**
 * Whether a person may resume this run, or have one step of it done again.
 * @throws DomainError `not_found`, `gone`, or `conflict` with what stands against it
 */
export function requireResumable(
	row: typeof runs.$inferSelect | null,
	client: ClientId,
	facts: { now: Date; statuses: StepStatus[]; spent: Spent; chosen?: string | undefined }
): void {
	if (row?.clientId !== client) throw notFound();
	if (isActive(toStatus(row.status)))
		throw new DomainError('conflict', 'The run is still active; there is nothing to resume.');
	if (facts.chosen === undefined && facts.statuses.every((status) => status === 'completed'))
		throw new DomainError(
			'conflict',
			'Every step is completed; there is nothing to resume. Name the agent that is to work again.'
		);
	if (row.sessionRemovedAt !== null)
		throw new DomainError(
			'gone',
			"The run's session was removed, so its steps cannot go on. Start it again instead."
		);
	if (!row.pinned && row.expiresAt !== null && facts.now >= row.expiresAt)
		throw new DomainError('gone', 'The run has expired. Start it again instead.');
	const { max_token_budget: tokens, max_cost_usd: dollars } = workflowSchema.parse(row.config);
	const { spent } = facts;
	const budget =
		tokens !== undefined && spent.tokens >= tokens
			? `${tokens} tokens`
			: dollars !== undefined && spent.costUsd >= dollars
				? `$${dollars}`
				: null;
	if (budget !== null)
		throw new DomainError(
			'conflict',
			`The run has used its budget of ${budget}. Start it again with a larger one.`
		);
}
