import { afterEach, describe, expect, test } from 'vitest';
import { DomainError } from '../../../domain/errors';
import { parseFileName } from '../../../domain/file-name';
import { errorResponse, json } from './api';
import { receiveUpload } from './multipart';
import { serve } from './testing';

const B = 'raro-boundary';

/** A body as a browser writes it; `filename` is taken verbatim. */
function part(filename: string | null, content: string, name = 'files'): string {
	const disposition =
		filename === null ? `name="${name}"` : `name="${name}"; filename="${filename}"`;
	const type = filename === null ? '' : 'Content-Type: application/octet-stream\r\n';
	return `--${B}\r\nContent-Disposition: form-data; ${disposition}\r\n${type}\r\n${content}\r\n`;
}

function requestOf(body: string | ReadableStream, headers: Record<string, string> = {}) {
	const request = new Request('http://localhost/', {
		method: 'POST',
		headers: { 'content-type': `multipart/form-data; boundary=${B}`, ...headers },
		body,
		duplex: 'half'
	} as RequestInit);
	return { request };
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of bytes) chunks.push(chunk);
	return Buffer.concat(chunks).toString();
}

const keep = async (name: string, bytes: AsyncIterable<Uint8Array>) => ({
	name: parseFileName(name),
	text: await textOf(bytes)
});

describe('receiveUpload', () => {
	test('R7 gives every file its own bytes and the fields that came before', async () => {
		const seen: (string | undefined)[] = [];
		const body = `${part(null, 'replace', 'on_conflict')}${part('a.csv', 'a\r\n--raro')}${part('b.csv', '')}--${B}--\r\n`;
		const { files, refused, fields } = await receiveUpload(
			requestOf(body),
			async (name, bytes, before) => {
				seen.push(before.get('on_conflict'));
				return keep(name, bytes);
			}
		);
		expect(files).toEqual([
			{ name: 'a.csv', text: 'a\r\n--raro' },
			{ name: 'b.csv', text: '' }
		]);
		expect(refused).toEqual([]);
		expect(seen).toEqual(['replace', 'replace']);
		expect(fields.get('on_conflict')).toBe('replace');
	});

	test('R9 names come exactly as sent, and those that are paths are refused, not repaired', async () => {
		const good = ['日本語 résumé 😀.csv', 'a;b=c.csv', "it's.csv", '100%.csv'];
		const bad = ['../../etc/passwd', '/etc/passwd', '..', 'C:\\\\x.csv', 'a%0Ab.csv', '.hidden'];
		const body = [...good, ...bad].map((name) => part(name, 'x')).join('') + `--${B}--`;
		const { files, refused } = await receiveUpload(requestOf(body), keep);
		expect(files.map((f) => f.name)).toEqual(good);
		expect(refused.map((r) => r.code)).toEqual(bad.map(() => 'invalid'));
		expect(refused[0]?.name).toBe('../../etc/passwd');
	});

	test('a quote in a name is what browsers mean by %22', async () => {
		const { files } = await receiveUpload(
			requestOf(`${part('say %22hi%22.csv', 'x')}--${B}--`),
			keep
		);
		expect(files[0]?.name).toBe('say "hi".csv');
	});

	test('an input that was left empty is no file; bytes without a name are refused', async () => {
		const body = `${part('', '')}${part('', 'bytes')}--${B}--`;
		const { files, refused } = await receiveUpload(requestOf(body), keep);
		expect(files).toEqual([]);
		expect(refused).toHaveLength(1);
	});

	test('a refused file does not keep the others out, wherever the reader stopped', async () => {
		const big = 'x'.repeat(5_000_000);
		const body = `${part('big.csv', big)}${part('ok.csv', 'fine')}--${B}--`;
		const { files, refused, firstRefusal } = await receiveUpload(
			requestOf(body),
			async (name, bytes) => {
				for await (const chunk of bytes)
					if (name === 'big.csv' && chunk.length > 0)
						throw new DomainError('too_large', 'Too big.');
				return { name };
			}
		);
		expect(files).toEqual([{ name: 'ok.csv' }]);
		expect(refused).toEqual([{ name: 'big.csv', code: 'too_large', message: 'Too big.' }]);
		expect(firstRefusal?.code).toBe('too_large');
	});

	test.each([
		['ends in the middle of a file', part('a.csv', 'half').slice(0, -4)],
		['ends before its last boundary', part('a.csv', 'whole')],
		['has a broken part header', `--${B}\r\nContent Disposition\r\n\r\nx\r\n--${B}--`],
		['is something else', 'hello'],
		['is empty', '']
	])('R38 a body that %s is refused with 400', async (_what, body) => {
		const failure = await receiveUpload(requestOf(body), keep).catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(DomainError);
		if (failure instanceof DomainError) expect(errorResponse(failure).status).toBe(400);
	});

	test('R7 a sender that leaves makes the file being kept fail, not end', async () => {
		let ended = false;
		const stream = new ReadableStream({
			start(controller) {
				controller.enqueue(Buffer.from(part('a.csv', 'x'.repeat(100_000)).slice(0, -10)));
			},
			pull(controller) {
				controller.error(new Error('aborted'));
			}
		});
		const upload = receiveUpload(requestOf(stream), async (name, bytes) => {
			await textOf(bytes);
			ended = true;
			return { name };
		});
		await expect(upload).rejects.toThrow(/broke off/);
		expect(ended).toBe(false);
	});

	test('R7 a body that breaks off names the files that were complete, and they stay', async () => {
		const whole = `${part('a.csv', '1')}${part('b.csv', '2')}`;
		const torn = receiveUpload(requestOf(`${whole}${part('c.csv', '3').slice(0, -4)}`), keep);
		const failure = await torn.catch((error: unknown) => error);
		expect(failure).toMatchObject({
			code: 'invalid',
			message: expect.stringContaining('a.csv, b.csv'),
			details: { kept: ['a.csv', 'b.csv'] }
		});
		if (failure instanceof DomainError) expect(errorResponse(failure).status).toBe(400);
	});

	test('R38 another type and a missing boundary are 4xx', async () => {
		const plain = requestOf('x', { 'content-type': 'text/plain' });
		await expect(receiveUpload(plain, keep)).rejects.toMatchObject({ code: 'unsupported' });
		const bare = requestOf('x', { 'content-type': 'multipart/form-data' });
		await expect(receiveUpload(bare, keep)).rejects.toMatchObject({ code: 'invalid' });
	});

	test('a bug in keeping ends the upload with that bug', async () => {
		const body = `${part('a.csv', 'x'.repeat(3_000_000))}${part('b.csv', 'y')}--${B}--`;
		const bug = new TypeError('bug');
		await expect(
			receiveUpload(requestOf(body), async () => {
				throw bug;
			})
		).rejects.toBe(bug);
	});
});

describe('over a real connection', () => {
	let close: (() => Promise<void>) | undefined;
	afterEach(() => close?.());

	test('R7 a sender of too much reads the reason although it is still sending', async () => {
		const server = await serve(async (source) => {
			try {
				return json(await receiveUpload(source, keep, { maxBytes: 1000 }));
			} catch (error) {
				if (error instanceof DomainError) return errorResponse(error);
				throw error;
			}
		});
		close = server.close;
		const form = new FormData();
		form.append('files', new Blob([new Uint8Array(30_000_000)]), 'big.bin');
		const answer = await fetch(server.url, { method: 'POST', body: form });
		expect(answer.status).toBe(413);
		expect(await answer.json()).toMatchObject({ code: 'too_large' });
		// The connection is still good for the next request.
		const small = new FormData();
		small.append('files', new Blob(['x']), 'x.txt');
		expect((await fetch(server.url, { method: 'POST', body: small })).status).toBe(200);
	});
});
