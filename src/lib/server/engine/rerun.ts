import { DomainError, notFound } from '../../domain/errors';
import type { ClientId } from '../../domain/ids';
import { isActive } from '../../domain/run';
import { workflowSchema, type RerunRequest, type StartRequest } from '../../domain/workflow';
import type { runs } from '../db/schema';
import { toNames, toStatus } from '../runs/rows';

/**
 * What to start to repeat a run with what is to be different: its workflow as it was configured.
 * @throws DomainError `not_found`, `conflict` while the run is active, `gone` when it has expired
 */
export function rerunRequest(
	row: typeof runs.$inferSelect | null,
	client: ClientId,
	request: RerunRequest,
	now: Date
): StartRequest {
	if (row?.clientId !== client) throw notFound();
	if (isActive(toStatus(row.status)))
		throw new DomainError('conflict', 'The run is still active. Stop it, or wait until it ends.');
	if (!row.pinned && row.expiresAt !== null && now >= row.expiresAt)
		throw new DomainError('gone', 'The run has expired. Start its workflow anew instead.');
	const { user_directive, attached_files, agents, max_token_budget, max_cost_usd } = request;
	return {
		...workflowSchema.parse(row.config),
		...(agents === undefined ? {} : { agents }),
		...(max_token_budget === undefined ? {} : { max_token_budget }),
		...(max_cost_usd === undefined ? {} : { max_cost_usd }),
		user_directive: user_directive ?? row.userDirective,
		attached_files: attached_files ?? toNames(row.attachedFiles)
	};
}
