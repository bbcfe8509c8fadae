import { z } from 'zod';
import { parseFileName } from '$lib/domain/file-name';
import { parseRunId } from '$lib/domain/ids';

/** Form fields by their shapes. What a parser refuses comes out as its DomainError. */
export const runId = z.string({ error: 'The form does not name a run.' }).transform(parseRunId);

export const fileName = z
	.string({ error: 'The form does not name a file.' })
	.transform(parseFileName);

/** Present once the person has confirmed. */
export const confirmed = z.literal('1').optional();

/** A field that browsers send empty when nothing was chosen. */
export function optional<S extends z.ZodType>(schema: S) {
	return z.preprocess((raw) => (raw === '' ? undefined : raw), schema.optional());
}

/** A form's field with the `versionTag` of what it began from; empty where nothing was stored. */
export const tagField = z
	.string()
	.transform((tag) => (tag === '' ? null : tag))
	.optional();

/** A field that may be sent never, once or often. */
export const textList = z
	.union([z.string().transform((one) => [one]), z.array(z.string())])
	.default([]);

/** An address within this site, `/` for anything else: nobody is sent elsewhere. */
export const localPath = z
	.string()
	.default('/')
	.transform((raw) => {
		const base = 'http://here.invalid';
		const url = URL.parse(raw, base);
		return url !== null && url.origin === base && raw.startsWith('/')
			? url.pathname + url.search
			: '/';
	});
