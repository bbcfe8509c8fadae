import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'content-disposition';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseFileName } from '../../../domain/file-name';
import { createFiles, type Files } from '../../storage/files';
import { createLayout, storedKey } from '../../storage/layout';
import { prepareStorage } from '../../storage/prepare';
import type { StoredFile } from '../../storage/stored-file';
import { fileResponse } from './file-response';

let root: string;
let files: Files;
const bytes = randomBytes(3_500_000);
let big: StoredFile;
let small: StoredFile;
let empty: StoredFile;

async function store(name: string, content: Uint8Array, contentType: string): Promise<StoredFile> {
	const staged = await files.stage(
		(async function* () {
			yield content;
		})(),
		10_000_000
	);
	const key = await files.place(staged, storedKey('library/public'), parseFileName(name));
	return { name, key, contentType, sizeBytes: staged.sizeBytes, sha256: staged.sha256 };
}

beforeAll(async () => {
	root = await fs.mkdtemp(path.join(tmpdir(), 'raro-serve-'));
	const layout = createLayout(root);
	await prepareStorage(layout);
	files = createFiles(layout);
	big = await store('big.png', bytes, 'image/png');
	small = await store('small.csv', bytes.subarray(0, 1000), 'text/csv');
	empty = await store('empty.txt', new Uint8Array(), 'text/plain');
});
afterAll(() => fs.rm(root, { recursive: true, force: true }));

const get = (file: StoredFile, headers: Record<string, string> = {}, method = 'GET') =>
	fileResponse({ request: new Request('http://localhost/', { method, headers }) }, file, files);
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());
const openDescriptors = async () => (await fs.readdir('/proc/self/fd')).length;

describe('fileResponse', () => {
	test('R10 sends exactly the stored bytes, big and small and none', async () => {
		for (const [file, expected] of [
			[big, bytes],
			[small, bytes.subarray(0, 1000)],
			[empty, Buffer.alloc(0)]
		] as const) {
			const response = await get(file);
			expect(response.status).toBe(200);
			expect(response.headers.get('content-length')).toBe(String(expected.length));
			expect(response.headers.get('etag')).toBe(`"${file.sha256}"`);
			expect(expected.equals(await bytesOf(response))).toBe(true);
		}
	});

	test.each([
		['bytes=0-0', 0, 0],
		['bytes=100-2999999', 100, 2_999_999],
		['bytes=3499990-', 3_499_990, 3_499_999],
		['bytes=-5', 3_499_995, 3_499_999],
		['bytes=3499999-9999999999', 3_499_999, 3_499_999],
		['bytes=-9999999999', 0, 3_499_999]
	])('R10 answers the range %s', async (range, start, end) => {
		const response = await get(big, { range });
		expect(response.status).toBe(206);
		expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end}/3500000`);
		expect(response.headers.get('content-length')).toBe(String(end - start + 1));
		expect(bytes.subarray(start, end + 1).equals(await bytesOf(response))).toBe(true);
	});

	test('R10 a range outside of the file is 416 and says how long the file is', async () => {
		for (const range of ['bytes=3500000-', 'bytes=-0', 'bytes=9999999999-']) {
			const response = await get(big, { range });
			expect(response.status).toBe(416);
			expect(response.headers.get('content-range')).toBe('bytes */3500000');
		}
		expect((await get(empty, { range: 'bytes=0-' })).status).toBe(416);
	});

	test.each(['bytes=0-1,5-6', 'items=0-1', 'bytes=x-y', 'bytes', 'bytes=-', 'bytes=9-5'])(
		'the range %s is answered with the whole file',
		async (range) => {
			const response = await get(small, { range });
			expect(response.status).toBe(200);
			expect(await bytesOf(response)).toHaveLength(1000);
		}
	);

	test('R10 If-Range sends a part of the same file, and all of another', async () => {
		const etag = `"${small.sha256}"`;
		const range = 'bytes=0-9';
		expect((await get(small, { range, 'if-range': etag })).status).toBe(206);
		for (const other of ['"other"', `W/${etag}`, 'Sat, 21 Nov 2026 12:00:00 GMT'])
			expect((await get(small, { range, 'if-range': other })).status).toBe(200);
	});

	test('R10 what the reader has already is not sent again', async () => {
		for (const tag of [`"${big.sha256}"`, `W/"${big.sha256}"`, `"a", "${big.sha256}"`, '*']) {
			const response = await get(big, { 'if-none-match': tag });
			expect(response.status).toBe(304);
			expect(response.body).toBeNull();
		}
		const other = await get(small, { 'if-none-match': '"other"' });
		expect(other.status).toBe(200);
	});

	test('R10 HEAD has the headers of GET and no body', async () => {
		const response = await get(big, { range: 'bytes=0-1' }, 'HEAD');
		expect(response.status).toBe(200);
		expect(response.headers.get('content-length')).toBe('3500000');
		expect(response.body).toBeNull();
	});

	test('R35 only harmless types are shown in place, and none has rights', async () => {
		const html = await store('page.html', Buffer.from('<script>'), 'text/html');
		const svg = await store('x.svg', Buffer.from('<svg/>'), 'image/svg+xml');
		for (const file of [html, svg]) {
			const { headers } = await get(file);
			expect(headers.get('content-disposition')).toMatch(/^attachment/);
			expect(headers.get('content-security-policy')).toMatch(/^sandbox/);
			expect(headers.get('x-content-type-options')).toBe('nosniff');
			expect(headers.get('cache-control')).toBe('private, no-cache');
		}
		const shown = await get(small);
		expect(shown.headers.get('content-disposition')).toMatch(/^inline/);
		const request = new Request('http://localhost/');
		const forced = await fileResponse({ request }, small, files, { download: true });
		expect(forced.headers.get('content-disposition')).toMatch(/^attachment/);
	});

	test('R32 any name arrives as it is, and adds no header and no parameter', async () => {
		const names = [
			'日本語 😀.csv',
			'résumé.csv',
			'a"; filename="evil.exe.csv',
			"it's 100%.csv",
			'a%0d%0aSet-Cookie: x.csv',
			'\u202Egnp.csv'
		];
		for (const name of names) {
			const response = await get({ ...small, name });
			const header = response.headers.get('content-disposition') ?? '';
			expect(parse(header).parameters.filename).toBe(name);
			expect([...response.headers.keys()]).not.toContain('set-cookie');
			await response.body?.cancel();
		}
	});

	test('a file that is gone from disk is gone, not a failure', async () => {
		const key = storedKey('library/public/absent');
		await expect(get({ ...small, key })).rejects.toMatchObject({ code: 'gone' });
	});

	test('closes its file when the reader leaves, at the end, and without a body', async () => {
		const before = await openDescriptors();
		for (let i = 0; i < 20; i++) {
			const left = (await get(big)).body?.getReader();
			await left?.read();
			await left?.cancel();
			await bytesOf(await get(big));
			await get(big, { 'if-none-match': '*' });
			await get(big, { range: 'bytes=9999999-' });
			await get(big, {}, 'HEAD');
		}
		expect(await openDescriptors()).toBeLessThanOrEqual(before + 2);
	});
});
