import { DomainError, notFound } from '../../domain/errors';
import type { ClientId } from '../../domain/ids';
import { isActive, type StepStatus } from '../../domain/run';
import { workflowSchema } from '../../domain/workflow';
import type { runs } from '../db/schema';
import { toStatus } from '../runs/rows';

/**
 * Whether a person may resume this run.
 * @throws DomainError `not_found`, `gone`, or `conflict` with what stands against it
 */
export function requireResumable(
	row: typeof runs.$inferSelect | null,
	client: ClientId,
	facts: { now: Date; statuses: StepStatus[]; tokens: number }
): void {
	if (row?.clientId !== client) throw notFound();
	if (isActive(toStatus(row.status)))
		throw new DomainError('conflict', 'The run is still active; there is nothing to resume.');
	if (facts.statuses.every((status) => status === 'completed'))
		throw new DomainError('conflict', 'Every step is completed; there is nothing to resume.');
	if (row.sessionRemovedAt !== null)
		throw new DomainError(
			'gone',
			"The run's session was removed, so its steps cannot go on. Start it again instead."
		);
	if (!row.pinned && row.expiresAt !== null && facts.now >= row.expiresAt)
		throw new DomainError('gone', 'The run has expired. Start it again instead.');
	const budget = workflowSchema.parse(row.config).max_token_budget;
	if (budget !== undefined && facts.tokens >= budget)
		throw new DomainError(
			'conflict',
			`The run has used its budget of ${budget} tokens. Start it again with a larger one.`
		);
}
