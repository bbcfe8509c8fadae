import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LibraryFile } from '$lib/domain/library';
import { newClient, sha256, type ApiClient } from '../support/api';
import { expectError, parse, send, type Ask } from '../support/http';
import { multipart } from '../support/routes';
import { startServer, type TestServer } from '../support/server';

let server: TestServer;
let client: ApiClient;

beforeAll(async () => {
	server = await startServer({
		env: { MAX_FILE_BYTES: '1000000', LIBRARY_QUOTA_BYTES: '3000000' }
	});
});
afterAll(() => server.dispose());

const ask = (path: string, options: Ask = {}) =>
	send(server.url, `/runtime/library${path}`, {
		...options,
		headers: { 'X-RARO-CLIENT-ID': client.key, ...options.headers }
	});
const file = (name: string) => `/files/${encodeURIComponent(name)}`;
const put = (name: string, body: string, query = '', headers = {}) =>
	ask(file(name) + query, { method: 'PUT', body, headers });
const upload = (files: { name: string; text: string }[], query = '') =>
	ask(`/upload${query}`, {
		method: 'POST',
		headers: { 'content-type': 'multipart/form-data; boundary=edge' },
		body: multipart('edge', files)
	});
const names = async () =>
	(await client.library()).filter((f) => f.scope === 'private').map((f) => f.name);

beforeAll(async () => {
	client = await newClient(server.url);
});

describe('uploading', () => {
	it('R7 PUT keeps the bytes with size, type, digest and time', async () => {
		const answer = await put('data.csv', 'a,b\n1,2\n');
		expect(answer.status).toBe(201);
		expect(parse(answer)).toEqual({
			name: 'data.csv',
			size_bytes: 8,
			content_type: 'text/csv',
			sha256: sha256('a,b\n1,2\n'),
			uploaded_at: expect.stringMatching(/Z$/),
			scope: 'private',
			origin: null
		});
		expect((await ask(file('data.csv'))).text).toBe('a,b\n1,2\n');
	});

	it('R7 multipart keeps many files and names each that it refused', async () => {
		const answer = await upload([
			{ name: 'one.txt', text: '1' },
			{ name: '.env', text: 'secret' },
			{ name: 'zwei €.txt', text: '2' },
			{ name: 'big.bin', text: 'x'.repeat(1_000_001) }
		]);
		expect(answer.status).toBe(201);
		const { files, refused } = parse<{ files: LibraryFile[]; refused: { name: string }[] }>(answer);
		expect(files.map((f) => f.name)).toEqual(['one.txt', 'zwei €.txt']);
		expect(refused.map((r) => r.name)).toEqual(['.env', 'big.bin']);
		expect(refused).toMatchObject([{ code: 'invalid' }, { code: 'too_large' }]);
		expect(await names()).not.toContain('big.bin');
	});

	it("R7 answers with the refusal's own status when every part was refused", async () => {
		const big = await upload([{ name: 'big.bin', text: 'x'.repeat(1_000_001) }]);
		expect(big.status).toBe(413);
		expect((await upload([{ name: '.x', text: 'x' }])).status).toBe(422);
	});

	it('R7 refuses a file over the limit with its reason, and keeps one of exactly that size', async () => {
		expectError(await put('over.bin', 'x'.repeat(1_000_001)), 413, 'too_large');
		expect(await names()).not.toContain('over.bin');
		expect((await put('exact.bin', 'x'.repeat(1_000_000))).status).toBe(201);
		expect((await ask(file('exact.bin'), { method: 'DELETE' })).status).toBe(204);
	});

	it('R10 refuses what the quota has no room for', async () => {
		const other = await newClient(server.url);
		for (const name of ['1', '2', '3']) await other.put(name, 'x'.repeat(990_000));
		const full = await other.fetch('/runtime/library/files/4', {
			method: 'PUT',
			body: 'x'.repeat(990_000)
		});
		expect([413, 507]).toContain(full.status);
		const about = await other.json<{ usage: { library_bytes: number } }>('/runtime/client');
		expect(about.usage.library_bytes).toBe(2_970_000);
	});

	it('R8 keeps both by default, replaces or refuses when told to', async () => {
		await put('same.txt', 'first');
		expect(parse<LibraryFile>(await put('same.txt', 'second')).name).toBe('same (2).txt');
		expect(parse<LibraryFile>(await put('SAME.txt', 'third')).name).toBe('SAME (3).txt');
		expectError(await put('same.txt', 'x', '?on_conflict=error'), 409, 'conflict');
		expect((await ask(file('same.txt'))).text).toBe('first');
		const replaced = await put('same.txt', 'fourth', '?on_conflict=replace');
		expect(replaced.status).toBe(201);
		expect((await ask(file('same.txt'))).text).toBe('fourth');
		expect((await upload([{ name: 'same.txt', text: 'x' }], '?on_conflict=error')).status).toBe(
			409
		);
		expectError(await put('same.txt', 'x', '?on_conflict=maybe'), 422, 'invalid');
	});

	it('R9 keeps any name a person would use, and finds it in either normal form', async () => {
		for (const name of [
			'Größe & Maß (1).csv',
			'日本語 📈.md',
			"it's 100%.txt",
			'a'.repeat(251) + '.txt'
		]) {
			expect(parse<LibraryFile>(await put(name, name)).name).toBe(name);
			expect((await ask(file(name))).text).toBe(name);
		}
		expect((await ask(file('Größe & Maß (1).csv'.normalize('NFD')))).status).toBe(200);
	});
});

describe('downloading', () => {
	const text = '0123456789'.repeat(20_000);

	beforeAll(async () => {
		await put('range.txt', text);
	});

	it('R10 sends bytes with type, length and the digest as ETag, and HEAD the same without', async () => {
		const got = await ask(file('range.txt'));
		expect(got.status).toBe(200);
		expect(got.text).toBe(text);
		expect(got.headers).toMatchObject({
			'content-type': expect.stringMatching(/^text\/plain/),
			'content-length': String(text.length),
			'accept-ranges': 'bytes',
			etag: `"${createHash('sha256').update(text).digest('hex')}"`
		});
		const head = await ask(file('range.txt'), { method: 'HEAD' });
		expect(head.status).toBe(200);
		expect(head.body.byteLength).toBe(0);
		for (const name of ['etag', 'content-length', 'content-type', 'content-disposition'])
			expect(head.headers[name]).toBe(got.headers[name]);
	});

	it.each([
		['bytes=0-9', 0, 9],
		['bytes=199990-', 199_990, 199_999],
		['bytes=-5', 199_995, 199_999],
		['bytes=199999-500000', 199_999, 199_999]
	])('R10 answers Range %s with exactly those bytes', async (range, first, last) => {
		const got = await ask(file('range.txt'), { headers: { range } });
		expect(got.status).toBe(206);
		expect(got.headers['content-range']).toBe(`bytes ${first}-${last}/${text.length}`);
		expect(got.text).toBe(text.slice(first, last + 1));
	});

	it('R10 answers 416, 304 and If-Range as HTTP has them', async () => {
		const beyond = await ask(file('range.txt'), { headers: { range: 'bytes=200000-' } });
		expect(beyond.status).toBe(416);
		expect(beyond.headers['content-range']).toBe('bytes */200000');
		const etag = (await ask(file('range.txt'), { method: 'HEAD' })).headers.etag ?? '';
		const same = await ask(file('range.txt'), { headers: { 'if-none-match': etag } });
		expect([same.status, same.body.byteLength]).toEqual([304, 0]);
		const range = 'bytes=0-1';
		const matching = await ask(file('range.txt'), { headers: { range, 'if-range': etag } });
		expect(matching.status).toBe(206);
		const stale = await ask(file('range.txt'), { headers: { range, 'if-range': '"other"' } });
		expect([stale.status, stale.text.length]).toEqual([200, 200_000]);
	});

	it('R32 names a download in any language without letting the name out of its header', async () => {
		await put('naïve "quote" 📈;x.txt', 'x');
		const got = await ask(`${file('naïve "quote" 📈;x.txt')}?download`);
		const disposition = got.headers['content-disposition'] ?? '';
		expect(disposition).toMatch(/^attachment;/);
		expect(disposition).toContain(
			`filename*=UTF-8''na%C3%AFve%20%22quote%22%20%F0%9F%93%88%3Bx.txt`
		);
	});

	it('R35 sandboxes content and offers every type that is not listed as an attachment', async () => {
		await put('page.html', '<script>alert(1)</script>');
		await put('vector.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
		for (const name of ['page.html', 'vector.svg']) {
			const { headers } = await ask(file(name));
			expect(headers['content-disposition']).toMatch(/^attachment/);
			expect(headers['content-security-policy']).toContain('sandbox');
			expect(headers['x-content-type-options']).toBe('nosniff');
			expect(headers['cache-control']).toMatch(/^private, no-(store|cache)$/);
		}
		expect((await ask(file('range.txt'))).headers['content-disposition'] ?? 'inline').toMatch(
			/^inline/
		);
	});
});

describe('renaming, deleting and the public shelf', () => {
	const rename = (from: string, body: unknown) =>
		ask(file(from), {
			method: 'PATCH',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body)
		});

	it('R10 renames, refuses a taken or illegal name, and deletes', async () => {
		await put('from.txt', 'content');
		await put('taken.txt', 'taken');
		expect(parse<LibraryFile>(await rename('from.txt', { name: 'to.txt' })).name).toBe('to.txt');
		expectError(await rename('to.txt', { name: 'TAKEN.txt' }), 409, 'conflict');
		expectError(await rename('to.txt', { name: '../up.txt' }), 422, 'invalid');
		expectError(await rename('to.txt', { name: 'x.txt', extra: 1 }), 422, 'invalid');
		expectError(await rename('from.txt', { name: 'x.txt' }), 404, 'not_found');
		expect((await ask(file('to.txt'))).text).toBe('content');
		expect((await ask(file('to.txt'), { method: 'DELETE' })).status).toBe(204);
		expectError(await ask(file('to.txt')), 404, 'not_found');
		expectError(await ask(file('to.txt'), { method: 'DELETE' }), 404, 'not_found');
	});

	it('R10 lists by name and filters by ?q', async () => {
		const all = (await client.library()).map((f) => f.name);
		expect(all.length).toBeGreaterThan(5);
		const { files } = await client.json<{ files: LibraryFile[] }>('/runtime/library?q=TAKEN');
		expect(files.map((f) => f.name)).toEqual(['taken.txt']);
	});

	it('R11 has samples that everyone reads, nobody changes, and a private file hides', async () => {
		const shared = (await client.library()).filter((f) => f.scope === 'public');
		expect(shared.length).toBeGreaterThanOrEqual(2);
		const name = shared[0]?.name ?? '';
		const original = await ask(file(name));
		expect(sha256(original.body)).toBe(shared[0]?.sha256);
		expectError(await ask(file(name), { method: 'DELETE' }), 403, 'forbidden');
		expectError(await rename(name, { name: 'mine.csv' }), 403, 'forbidden');
		await put(name, 'my own', '?on_conflict=error');
		expect((await ask(file(name))).text).toBe('my own');
		expect((await client.library()).filter((f) => f.name === name)).toMatchObject([
			{ scope: 'private' }
		]);
		await ask(file(name), { method: 'DELETE' });
		expect((await ask(file(name))).text).toBe(original.text);
	});
});
