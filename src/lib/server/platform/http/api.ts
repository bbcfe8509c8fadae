import { randomUUID } from 'node:crypto';
import type { RequestEvent, RequestHandler } from '@sveltejs/kit';
import { z, type ZodType } from 'zod';
import { DomainError, type ErrorCode } from '../../../domain/errors';
import type { Client } from '../../clients/clients';
import { bodyOf, type BodySource } from './body';
import { MalformedRequest } from './malformed';

const STATUS: Record<ErrorCode, number> = {
	unauthorized: 401,
	forbidden: 403,
	not_found: 404,
	conflict: 409,
	gone: 410,
	too_large: 413,
	unsupported: 415,
	invalid: 422,
	too_many: 429,
	unavailable: 503,
	no_space: 507
};

const MAX_JSON_BYTES = 1024 * 1024;

export function statusOf(code: ErrorCode): number {
	return STATUS[code];
}

/** JSON that no cache keeps. */
export function json(data: unknown, init: ResponseInit = {}): Response {
	const response = Response.json(data, init);
	response.headers.set('cache-control', 'private, no-store');
	return response;
}

/** The one translation of an expected failure into an answer. */
export function errorResponse(
	problem: DomainError,
	status = problem instanceof MalformedRequest ? 400 : statusOf(problem.code)
): Response {
	const { code, message, details } = problem;
	const response = json(
		{ code, message, ...(details === undefined ? {} : { details }) },
		{ status }
	);
	const seconds = retryAfter(details);
	if (code === 'too_many' && seconds !== null) response.headers.set('retry-after', String(seconds));
	return response;
}

/** For a method that this address does not have; `allow` lists those that it has. */
export function methodNotAllowed(allow: string): Response {
	return json(
		{ code: 'unsupported', message: `This address takes only ${allow}.` },
		{ status: 405, headers: { allow } }
	);
}

function retryAfter(details: unknown): number | null {
	const found = z.object({ retry_after_s: z.number() }).safeParse(details);
	return found.success ? Math.ceil(found.data.retry_after_s) : null;
}

/**
 * A route's handler: what people can cause is answered with the contract's status; anything else is a
 * bug, logged with an id that the answer names.
 */
export function handle(act: (event: RequestEvent) => Promise<Response> | Response): RequestHandler {
	return async (event) => {
		try {
			return await act(event);
		} catch (error) {
			if (error instanceof DomainError) return errorResponse(error);
			if (error instanceof z.ZodError) return errorResponse(invalid(error));
			return unexpected(error, event);
		}
	};
}

function unexpected(error: unknown, { locals, request, route }: RequestEvent): Response {
	const error_id = randomUUID();
	const { request_id } = locals;
	const context = { error, error_id, request_id, method: request.method, route: route.id };
	if (request.signal.aborted) locals.log.debug(context, 'the client left');
	else locals.log.error(context, 'a request failed unexpectedly');
	return json(
		{
			code: 'internal',
			message: `Something went wrong on the server. It is in the log as ${error_id}.`,
			error_id
		},
		{ status: 500 }
	);
}

/** Who asks. @throws DomainError `unauthorized` when nobody was identified. */
export function clientOf(locals: Pick<App.Locals, 'client'>): Client {
	if (locals.client) return locals.client;
	throw new DomainError(
		'unauthorized',
		'This needs a client key in the X-RARO-CLIENT-ID header. POST /runtime/clients makes one.'
	);
}

/**
 * The body as `schema` has it.
 * @throws DomainError `unsupported` when it is of another type, `too_large` above 1 MiB,
 * MalformedRequest when it is not JSON, `invalid` when it is not what `schema` takes.
 */
export async function readJson<T>(source: BodySource, schema: ZodType<T>): Promise<T> {
	requireJsonType(source);
	return parseAs(schema, await readText(source));
}

/** The same where the body may be left out: null then. @throws DomainError as `readJson` */
export async function readOptionalJson<T>(
	source: BodySource,
	schema: ZodType<T>
): Promise<T | null> {
	const text = await readText(source);
	if (text === '') return null;
	requireJsonType(source);
	return parseAs(schema, text);
}

function requireJsonType(source: BodySource): void {
	const type = source.request.headers.get('content-type') ?? '';
	if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type.trim()))
		throw new DomainError(
			'unsupported',
			'Send JSON, with the header Content-Type: application/json.'
		);
}

function parseAs<T>(schema: ZodType<T>, text: string): T {
	const parsed = schema.safeParse(parseJson(text));
	if (parsed.success) return parsed.data;
	throw invalid(parsed.error);
}

async function readText(source: BodySource): Promise<string> {
	const chunks: Uint8Array[] = [];
	let size = 0;
	const body = bodyOf(source);
	for await (const chunk of body) {
		size += chunk.byteLength;
		if (size > MAX_JSON_BYTES) break;
		chunks.push(new Uint8Array(chunk));
	}
	if (size > MAX_JSON_BYTES) {
		body.discard();
		throw new DomainError('too_large', 'A JSON body can have at most 1 MiB.', {
			max_bytes: MAX_JSON_BYTES
		});
	}
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
	} catch {
		throw new MalformedRequest('The body is not UTF-8.');
	}
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new MalformedRequest(`The body is not JSON: ${reason}`);
	}
}

/** Names the first culprit in the message and all of them in the details. */
function invalid(error: z.ZodError): DomainError {
	const issues = error.issues.map((issue) => ({
		path: issue.path.map(String).join('.'),
		message: issue.message
	}));
	const [first] = issues;
	const where = first?.path ? `${first.path}: ` : '';
	return new DomainError('invalid', `This was refused: ${where}${first?.message ?? 'invalid'}`, {
		issues
	});
}
