import { Writable } from 'node:stream';
import type { RequestEvent } from '@sveltejs/kit';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { DomainError, notFound } from '../../../domain/errors';
import { createLog } from '../log';
import { clientOf, errorResponse, handle, json, readJson } from './api';

function eventWith(lines: string[]): RequestEvent {
	const sink = new Writable({
		write(chunk, _encoding, done) {
			lines.push(String(chunk));
			done();
		}
	});
	const log = createLog({ LOG_LEVEL: 'debug' }, sink);
	const locals = { client: null, request_id: 'r1', log };
	const request = new Request('http://localhost/x');
	// Only what `handle` looks at.
	return { locals, request, route: { id: '/x' } } as unknown as RequestEvent;
}

const post = (body: BodyInit, type = 'application/json') => ({
	request: new Request('http://localhost/', {
		method: 'POST',
		body,
		headers: { 'content-type': type }
	})
});

describe('handle', () => {
	test('answers what people cause with the contract’s shape and status', async () => {
		const answer = await handle(() => {
			throw new DomainError('conflict', 'Taken.', { name: 'a' });
		})(eventWith([]));
		expect(answer.status).toBe(409);
		expect(await answer.json()).toEqual({
			code: 'conflict',
			message: 'Taken.',
			details: { name: 'a' }
		});
		expect(answer.headers.get('cache-control')).toBe('private, no-store');
	});

	test('R44 logs a bug with an id that the answer names, and tells nothing else', async () => {
		const lines: string[] = [];
		const answer = await handle(() => {
			throw new Error('secret path /srv/x');
		})(eventWith(lines));
		expect(answer.status).toBe(500);
		const body = z.object({ error_id: z.string(), message: z.string() }).parse(await answer.json());
		expect(JSON.stringify(body)).not.toContain('/srv/x');
		expect(lines.join('')).toContain(body.error_id);
		expect(lines.join('')).toContain('/srv/x');
	});

	test('R34 not there and not yours are one answer', async () => {
		const [a, b] = [errorResponse(notFound()), errorResponse(notFound())];
		expect(await a.text()).toBe(await b.text());
	});

	test('too many requests say when to come back', () => {
		const answer = errorResponse(new DomainError('too_many', 'Wait.', { retry_after_s: 2.2 }));
		expect(answer.status).toBe(429);
		expect(answer.headers.get('retry-after')).toBe('3');
	});
});

describe('readJson', () => {
	const schema = z.strictObject({ name: z.string() });

	test('takes what the schema takes', async () => {
		const type = 'application/json; charset=utf-8';
		expect(await readJson(post('{"name":"é"}', type), schema)).toEqual({ name: 'é' });
	});

	test.each([
		['malformed JSON', post('{'), 400],
		['bytes that are not UTF-8', post(new Uint8Array([0x22, 0xff, 0x22])), 400],
		['an empty body', post(''), 400],
		['another type', post('{"name":"a"}', 'text/plain'), 415],
		['an unknown key', post('{"name":"a","x":1}'), 422],
		['a wrong type', post('{"name":1}'), 422],
		['null', post('null'), 422],
		['too much', post(`{"name":"${'a'.repeat(1024 * 1024)}"}`), 413]
	])('R38 refuses %s', async (_what, source, status) => {
		const failure = await readJson(source, schema).catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(DomainError);
		if (failure instanceof DomainError) expect(errorResponse(failure).status).toBe(status);
	});

	test('names the culprit', async () => {
		const wrong = readJson(post('{"name":1}'), schema);
		await expect(wrong).rejects.toThrow(/name/);
	});
});

test('nobody is unauthorized', () => {
	expect(() => clientOf({ client: null })).toThrow(/X-RARO-CLIENT-ID/);
	expect(json({}).headers.get('cache-control')).toBe('private, no-store');
});
