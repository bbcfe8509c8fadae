import { z } from 'zod';

/** What Google says about a failed request, taken out of the SDK's error. */
export interface ApiFailure {
	status: number;
	/** Google's own words; null when they are none for a person. */
	message: string | null;
	/** `API_KEY_INVALID`, …; null when it names none. */
	reason: string | null;
	retryAfterMs: number | null;
	/** The quota is one per day, or there is none at all. */
	exhausted: boolean;
}

const detail = z.looseObject({
	'@type': z.string().optional(),
	reason: z.string().optional(),
	retryDelay: z.string().optional(),
	violations: z.array(z.looseObject({ quotaId: z.string().optional() })).optional()
});
const body = z.object({
	error: z.looseObject({
		code: z.number().optional(),
		message: z.string().optional(),
		details: z.array(detail).catch([]).optional()
	})
});

/**
 * Reads an `ApiError`. Its message is JSON; for the streaming address it is JSON inside JSON, because
 * Google labels these errors `text/event-stream`; within a stream it begins with `got status: …`.
 */
export function readApiError(
	error: { status: number; message: string },
	apiKey: string
): ApiFailure {
	const outer = parse(error.message.replace(/^got status: \w+\. /, ''));
	const said = parse(outer?.message ?? '') ?? outer;
	const details = said?.details ?? [];
	const message = said?.message ?? null;
	const quotas = details.flatMap((one) => one.violations ?? []);
	return {
		status: said?.code ?? error.status,
		message: message && forPeople(message.replaceAll(apiKey, '(key)')),
		reason: details.find((one) => one.reason !== undefined)?.reason ?? null,
		retryAfterMs: milliseconds(details.find((one) => one.retryDelay !== undefined)?.retryDelay),
		exhausted:
			quotas.some(({ quotaId = '' }) => quotaId.includes('PerDay')) ||
			/\blimit: 0\b(?![.,]\d)/.test(message ?? '')
	};
}

function parse(text: string): z.infer<typeof body>['error'] | null {
	try {
		return body.parse(JSON.parse(text)).error;
	} catch {
		return null;
	}
}

/** `"22.5s"`. */
function milliseconds(duration: string | undefined): number | null {
	const seconds = /^(\d+(?:\.\d+)?)s$/.exec(duration ?? '')?.[1];
	return seconds === undefined ? null : Math.round(Number(seconds) * 1000);
}

const MAX_CHARACTERS = 300;

/** Google's first paragraph without keys; null when it is markup or JSON. */
function forPeople(message: string): string | null {
	const [first = ''] = message.trim().split(/\n\s*\n|\n(?=[*{[<])/);
	if (first === '' || /^[{[<]/.test(first)) return null;
	const clean = first.replace(/\s+/g, ' ').replace(/AIza[\w-]+|api_key:[^\s'"]+/g, '(key)');
	return clean.length > MAX_CHARACTERS ? `${clean.slice(0, MAX_CHARACTERS)} …` : clean;
}
