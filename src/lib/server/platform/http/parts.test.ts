import { expect, test } from 'vitest';
import { MalformedRequest } from './malformed';
import { partsOf } from './parts';

const content = 'x\r\n--raro\r\n-\r\n\r\r\n--rar';
const headers = (more: string) => `\r\nContent-Disposition: form-data; name="f"${more}\r\n\r\n`;
const body = `preamble\r\n--raro!${headers('')}1\r\n--raro! ${headers('; filename="a.csv"')}${content}\r\n--raro!--\r\nepilogue`;

/** As the server does, it gives every chunk in the same bytes. */
async function* inChunks(text: string, size: number) {
	const bytes = Buffer.from(text);
	const reused = Buffer.alloc(size);
	for (let at = 0; at < bytes.length; at += size) {
		const length = bytes.copy(reused, 0, at);
		yield reused.subarray(0, length);
	}
}

async function read(text: string, size = 1000) {
	const parts = [];
	for await (const part of partsOf(inChunks(text, size), 'raro!')) {
		let got = '';
		for await (const bytes of part.bytes) got += Buffer.from(bytes).toString();
		parts.push([part.name, part.filename, got]);
	}
	return parts;
}

test('R7 bytes and names are the same however the body is cut into chunks', async () => {
	for (let size = 1; size <= body.length; size++)
		expect(await read(body, size)).toEqual([
			['f', null, '1'],
			['f', 'a.csv', content]
		]);
});

test('parts that are left unread or read in part are skipped', async () => {
	for (let size = 1; size <= body.length; size++) {
		const seen = [];
		for await (const part of partsOf(inChunks(body, size), 'raro!')) {
			seen.push(part.filename);
			for await (const bytes of part.bytes) if (bytes.length > 0) break;
		}
		expect(seen).toEqual([null, 'a.csv']);
	}
});

test('R38 a body that ends anywhere before its last boundary is refused', async () => {
	const end = body.indexOf('--\r\nepilogue');
	for (let length = 0; length < end; length++)
		await expect(read(body.slice(0, length), 7)).rejects.toThrow(MalformedRequest);
});

test.each([
	['; filename=plain.csv', 'plain.csv'],
	['; filename="a\\"b\\\\c"', 'a"b\\c'],
	['; filename="C:\\dir"', 'C:\\dir'],
	['; filename="say %22hi%22"', 'say "hi"'],
	[`; filename="x"; filename*=UTF-8''na%C3%AFve%20%E2%82%AC.csv`, 'naïve €.csv']
])('reads the name in %s', async (more, filename) => {
	const [part] = await read(`--raro!${headers(more)}\r\n--raro!--`);
	expect(part).toEqual(['f', filename, '']);
});

test.each([
	['a header without a colon', '\r\nContent Disposition\r\n\r\n'],
	['no name', '\r\nContent-Disposition: form-data\r\n\r\n'],
	['no disposition', '\r\nContent-Type: text/plain\r\n\r\n'],
	['a quote that does not end', headers('; filename="a')],
	['a name that is not encoded right', headers("; filename*=UTF-8''%ff")],
	['headers without an end', headers('').replace('\r\n\r\n', ': '.repeat(20_000))],
	['many backslashes', headers(`; filename="${'\\'.repeat(10_001)}`)],
	['a longer boundary', `x${headers('')}`]
])('R38 refuses %s', async (_what, broken) => {
	await expect(read(`--raro!${broken}x\r\n--raro!--`)).rejects.toThrow(MalformedRequest);
});
