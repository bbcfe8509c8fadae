import type { GoogleGenAI, HttpOptions } from '@google/genai';

/** Google's own service. */
export const GEMINI_URL = 'https://generativelanguage.googleapis.com';

/** The one function of the SDK that is used. */
export type GeminiClient = { models: Pick<GoogleGenAI['models'], 'generateContentStream'> };

export interface ClientOptions {
	apiKey: string;
	/** Of the service or of a proxy before it; a path in it is kept. */
	baseUrl: string;
	/** Replaces the global `fetch`. */
	fetch?: HttpOptions['fetch'];
}

/**
 * A client in which everything that the SDK would otherwise take from the environment (base URL, API
 * version, backend, key) is said. It neither retries nor measures time. Loads the SDK at the first call.
 */
export async function newClient({ apiKey, baseUrl, fetch }: ClientOptions): Promise<GeminiClient> {
	const { GoogleGenAI } = await import('@google/genai');
	return new GoogleGenAI({
		apiKey,
		vertexai: false,
		apiVersion: 'v1beta',
		httpOptions: { baseUrl, ...(fetch ? { fetch } : {}) }
	});
}
