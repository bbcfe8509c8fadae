import { z } from 'zod';

const time = z.iso
	.datetime({ offset: true, error: 'must be a time such as 2026-11-21T12:00:00Z' })
	.transform((text) => new Date(text));
const wholeNumber = (max: number) =>
	z
		.string()
		.regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1')
		.transform(Number)
		.refine((n) => n <= max, `must be at most ${max}`);

/** What `GET /runtime/artifacts` is asked. */
export const listQuery = z.object({
	q: z.string().max(500).optional(),
	agent: z.string().max(100).optional(),
	type: z.string().max(200).optional(),
	since: time.optional(),
	limit: wholeNumber(1000).optional(),
	cursor: z.string().max(200).optional()
});

/** Which version of an artifact is meant; the latest when none is named. */
export const versionQuery = z.object({ version: wholeNumber(999_999_999).optional() });

/** What `PATCH /runtime/artifacts/<run>` takes. */
export const retentionChange = z
	.strictObject({ pinned: z.boolean().optional(), expires_at: time.optional() })
	.refine((change) => change.pinned !== undefined || change.expires_at !== undefined, {
		error: 'Give "pinned" or "expires_at".'
	});

/** What `POST /runtime/artifacts/clear` takes. */
export const clearRequest = z.strictObject({ older_than_hours: z.number().min(0).max(1_000_000) });
