import { randomUUID } from 'node:crypto';
import { sequence } from '@sveltejs/kit/hooks';
import type { Handle, HandleServerError, RequestEvent, ServerInit } from '@sveltejs/kit';
import { DomainError } from '$lib/domain/errors';
import { requirePass } from '$lib/server/clients/rate-limit';
import { identify as identityOf, KEY_HEADER } from '$lib/server/clients/identify';
import { KEY_COOKIE, rememberKey } from '$lib/server/clients/key-cookie';
import { errorResponse, methodNotAllowed } from '$lib/server/platform/http/api';
import { crossSiteProblem, secureHeaders } from '$lib/server/platform/http/security';
import { themeOf, withTheme } from '$lib/server/platform/theme';
import { services, startServices, stopServices } from '$lib/server/services';

export const init: ServerInit = async () => {
	await startServices();
	process.once('sveltekit:shutdown', () => void stopServices());
};

const isApi = (event: RequestEvent) => event.url.pathname.startsWith('/runtime/');

/** These need no client. */
const OPEN = new Set(['/health', '/runtime/clients', '/runtime/workflow-schema.json']);

/** Refuses what other sites send, and gives every answer its headers and, below /runtime, the API's shape. */
const secure: Handle = async ({ event, resolve }) => {
	const { log, trustedOrigins } = services();
	event.locals.request_id = randomUUID();
	event.locals.log = log.child({ request_id: event.locals.request_id });
	event.locals.client = null;
	const problem = crossSiteProblem(event.request, event.url, trustedOrigins);
	if (problem) return secureHeaders(errorResponse(problem), event.url);
	// The framework itself would fail: the name is its own.
	if (event.request.method === 'POST' && event.url.searchParams.has('/default'))
		return secureHeaders(
			errorResponse(new DomainError('not_found', 'This page has no such form.')),
			event.url
		);
	const response = await resolve(event, {
		transformPageChunk: ({ html }) => withTheme(html, themeOf(event.cookies))
	});
	return secureHeaders(isApi(event) ? apiAnswer(response) : response, event.url);
};

/** Finds out who asks: an API route answers 401 to nobody, a page makes a new client. */
const identify: Handle = async ({ event, resolve }) => {
	if (OPEN.has(event.url.pathname)) return resolve(event);
	const { clients } = services();
	try {
		const identity = identityOf(clients, {
			header: event.request.headers.get(KEY_HEADER),
			cookie: event.cookies.get(KEY_COOKIE)
		});
		if (identity.kind === 'client') event.locals.client = identity.client;
		else if (isApi(event))
			throw new DomainError(
				'unauthorized',
				'This needs a client key in the X-RARO-CLIENT-ID header. POST /runtime/clients makes one.'
			);
		else if (event.route.id !== null) await welcome(event);
	} catch (error) {
		if (!(error instanceof DomainError)) throw error;
		return errorResponse(error);
	}
	if (event.locals.client) await clients.touch(event.locals.client.id);
	return resolve(event);
};

/** A page's new visitor becomes a client. */
async function welcome(event: RequestEvent): Promise<void> {
	const { clients, newClientLimit } = services();
	requirePass(newClientLimit(event.getClientAddress()));
	const { client, key } = await clients.create();
	rememberKey(event.cookies, key, event.url);
	event.locals.client = client;
}

export const handle = sequence(secure, identify);

/** Addresses that do not exist and methods that an address does not have answer as the API does. */
function apiAnswer(response: Response): Response {
	const isJson = response.headers.get('content-type')?.includes('json') ?? false;
	if (isJson || (response.status !== 404 && response.status !== 405)) return response;
	if (response.status === 404)
		return errorResponse(new DomainError('not_found', 'There is no such address.'));
	return methodNotAllowed(response.headers.get('allow') ?? '');
}

export const handleError: HandleServerError = ({ error, event, status, message }) => {
	if (status < 500) return { message };
	const error_id = randomUUID();
	event.locals.log?.error({ err: error, error_id, route: event.route.id }, 'a page failed');
	return { message: 'Something went wrong in the server.', error_id };
};
