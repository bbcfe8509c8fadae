/** An error as Google writes it. */
export interface GoogleError {
	code: number;
	status: string;
	message: string;
	details?: Record<string, unknown>[];
}

/** What a request meets instead of its answer, or in the middle of it. */
export type Fault =
	| { error: GoogleError; /** Within the stream, after so many chunks. */ after?: number }
	| {
			/**
			 * `reset`: the connection breaks; `close`: the answer ends early, properly; `half`: it ends within
			 * an event; `stall`: nothing more comes.
			 */
			cut: 'reset' | 'close' | 'half' | 'stall';
			/** Chunks before it; `'nothing'`: not even headers. Default 1. */
			after?: number | 'nothing';
	  };

const TYPE = 'type.googleapis.com/google.rpc.';

export const badRequest = (message: string): GoogleError => ({
	code: 400,
	status: 'INVALID_ARGUMENT',
	message
});

export const badKey = (): GoogleError => ({
	...badRequest('API key not valid. Please pass a valid API key.'),
	details: [
		{ '@type': `${TYPE}ErrorInfo`, reason: 'API_KEY_INVALID', domain: 'googleapis.com' },
		{ '@type': `${TYPE}LocalizedMessage`, locale: 'en-US', message: 'API key not valid.' }
	]
});

export const unavailable = (code: 500 | 502 | 503 | 504 = 503): GoogleError => ({
	code,
	status: code === 503 ? 'UNAVAILABLE' : code === 504 ? 'DEADLINE_EXCEEDED' : 'INTERNAL',
	message: 'The model is overloaded. Please try again later.'
});

/** 429, as the service tells of a quota. */
export function quota(
	options: { retryDelay?: string; per?: 'Minute' | 'Day'; limit?: number } = {}
): GoogleError {
	const { retryDelay, per = 'Minute', limit = 15 } = options;
	const metric = 'generativelanguage.googleapis.com/generate_content_free_tier_requests';
	return {
		code: 429,
		status: 'RESOURCE_EXHAUSTED',
		message:
			'You exceeded your current quota, please check your plan and billing details.\n' +
			`* Quota exceeded for metric: ${metric}, limit: ${limit}, model: gemini-3.8-flash\n` +
			`Please retry in ${retryDelay ?? '1s'}.`,
		details: [
			{
				'@type': `${TYPE}Help`,
				links: [{ description: 'Learn more', url: 'https://ai.google.dev' }]
			},
			{
				'@type': `${TYPE}QuotaFailure`,
				violations: [
					{
						quotaMetric: metric,
						quotaId: `GenerateRequestsPer${per}PerProjectPerModel-FreeTier`,
						quotaDimensions: { location: 'global', model: 'gemini-3.8-flash' },
						...(limit === 0 ? {} : { quotaValue: String(limit) })
					}
				]
			},
			...(retryDelay ? [{ '@type': `${TYPE}RetryInfo`, retryDelay }] : [])
		]
	};
}
