/** A request that the server refused; `message` is the server's own and written for a person. */
export class ApiError extends Error {
	override readonly name = 'ApiError';

	constructor(
		readonly status: number,
		readonly code: string,
		message: string
	) {
		super(message);
	}
}

/** What reaches the person when the server cannot be asked at all. */
export const OFFLINE = 'The server could not be reached. Check the connection and try again.';

/**
 * Asks the JSON API as this browser's client. Resolves to the body, null when there is none.
 * @throws ApiError with the server's message, or with status 0 when the server was not reached.
 */
export async function callApi<T>(
	method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
	path: string,
	body?: unknown,
	headers: Record<string, string> = {}
): Promise<{ status: number; headers: Headers; body: T }> {
	let response: Response;
	try {
		response = await fetch(path, {
			method,
			headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
			...(body === undefined ? {} : { body: JSON.stringify(body) })
		});
	} catch (cause) {
		throw new ApiError(0, 'unavailable', cause instanceof TypeError ? OFFLINE : String(cause));
	}
	const text = await response.text();
	if (!response.ok) throw errorFrom(response.status, text);
	// The server of this very page wrote it by the contract.
	const read = (text === '' ? null : JSON.parse(text)) as T;
	return { status: response.status, headers: response.headers, body: read };
}

/** Reads the contract's error body; anything else becomes a plain sentence with the status. */
export function errorFrom(status: number, text: string): ApiError {
	try {
		const body: unknown = JSON.parse(text);
		if (
			typeof body === 'object' &&
			body !== null &&
			'message' in body &&
			typeof body.message === 'string'
		) {
			const code = 'code' in body && typeof body.code === 'string' ? body.code : 'unavailable';
			return new ApiError(status, code, body.message);
		}
	} catch {
		// Not JSON: a proxy in between has answered.
	}
	return new ApiError(status, 'unavailable', `The server answered with an error (${status}).`);
}
