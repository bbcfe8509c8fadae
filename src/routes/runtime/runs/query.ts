import { z } from 'zod';
import { RUN_STATUSES } from '$lib/domain/run';
import { MAX_LIMIT } from '$lib/server/runs/runs';

const time = z.iso
	.datetime({ offset: true, error: 'must be a time such as 2026-11-21T12:00:00Z' })
	.transform((text) => new Date(text));
const statuses = z
	.string()
	.transform((text) => text.split(','))
	.pipe(
		z.array(z.enum(RUN_STATUSES, { error: `must be one or more of ${RUN_STATUSES.join(', ')}` }))
	);

/** What `GET /runtime/runs` is asked. */
export const runsQuery = z.strictObject({
	status: statuses.optional(),
	workflow: z.string().min(1).max(100).optional(),
	q: z.string().max(500).optional(),
	since: time.optional(),
	until: time.optional(),
	cursor: z.string().max(200).optional(),
	limit: z.coerce.number().int().min(1).max(MAX_LIMIT).optional()
});
