import { afterEach, beforeEach, expect, test } from 'vitest';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseFileName } from '../../domain/file-name';
import { mediaTypeOf } from '../../domain/media-type';
import type { RunId } from '../../domain/ids';
import { parseRunId } from '../../domain/ids';
import type { Attachment, Message } from '../models/model';
import { fileKey, inputFolder, outputFolder } from '../storage/layout';
import { firstMessage } from './attachments';
import { openStage } from './testing';

const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
const sees = { images: true, pdfs: true, text: true };
const brief = { directive: 'Look.', files: [], upstream: [] };
const run: RunId = parseRunId('11111111-1111-4111-8111-111111111111');

let stage: ReturnType<typeof openStage>;
let sessions: ReturnType<ReturnType<typeof openStage>['openEngine']>['sessions'];
beforeEach(() => {
	stage = openStage();
	sessions = stage.openEngine().sessions;
});
afterEach(() => stage.close());

/** Puts the files into the run's session as inputs, and asks for the first message. */
async function messageOf(
	files: Record<string, Uint8Array | string>,
	looksAt: typeof sees | undefined = sees,
	accepts = true
): Promise<Extract<Message, { role: 'user' }>> {
	for (const [name, content] of Object.entries(files)) put('input', name, content);
	const attachments = Object.keys(files).map(parseFileName);
	const agent = { accepts_directive: accepts };
	const message = await firstMessage({ id: run, attachments }, agent, brief, looksAt, sessions);
	if (message.role !== 'user') throw new Error('not a user message');
	return message;
}

function put(side: 'input' | 'output', name: string, content: Uint8Array | string): void {
	const folder = side === 'input' ? inputFolder(run) : outputFolder(run);
	const place = stage.layout.resolve(fileKey(folder, parseFileName(name)));
	mkdirSync(path.dirname(place), { recursive: true });
	writeFileSync(place, content);
}

const shown = (attachments: Attachment[] = []) =>
	attachments.map((one) => [one.name, 'text' in one ? one.text.length : one.base64.length]);

test('G14 images, documents and the beginnings of texts are handed over; the rest is only named', async () => {
	const { attachments, text } = await messageOf({
		'a.png': PNG,
		'b.pdf': '%PDF-1.7\n',
		'c.csv': 'x,y\n1,2\n',
		'd.py': 'print(1)',
		'e.json': '{}',
		'f.xlsx': 'PK',
		'g.bin': 'x',
		'empty.csv': '',
		'empty.png': ''
	});
	expect(attachments).toEqual([
		{ name: 'a.png', mimeType: 'image/png', base64: PNG.toString('base64') },
		{ name: 'b.pdf', mimeType: 'application/pdf', base64: expect.any(String) },
		{ name: 'c.csv', mimeType: 'text/csv', text: 'x,y\n1,2\n', truncated: false },
		{ name: 'd.py', mimeType: mediaTypeOf('d.py'), text: 'print(1)', truncated: false },
		{ name: 'e.json', mimeType: 'application/json', text: '{}', truncated: false }
	]);
	expect(text).not.toContain('Not beside');
});

test('a text is cut after 8 KB between two characters, and all together after 32 KB', async () => {
	const long = 'x' + 'é'.repeat(10_000);
	const files = ['1.txt', '2.txt', '3.txt', '4.txt', '5.txt'].map((name) => [name, long]);
	const { attachments, text } = await messageOf(Object.fromEntries(files));
	expect(attachments).toHaveLength(4);
	for (const one of attachments ?? [])
		expect(one).toMatchObject({ truncated: true, text: 'x' + 'é'.repeat(4095) });
	expect(text).toMatch(/Not beside this message.*"5\.txt" \(19\.5 KiB\)/);
});

test('G14 what is too large alone, or with the others, is left out and named', async () => {
	const picture = (megabytes: number) => Buffer.concat([PNG, Buffer.alloc(megabytes * 1e6)]);
	const { attachments, text } = await messageOf({
		'huge.png': picture(8),
		'a.png': picture(7),
		'b.png': picture(7),
		'c.png': picture(7),
		'small.png': PNG
	});
	expect(shown(attachments).map(([name]) => name)).toEqual(['a.png', 'b.png', 'small.png']);
	expect(text).toContain('"huge.png" (7.6 MiB), "c.png" (6.7 MiB)');
	const bytes = shown(attachments).reduce((sum, [, length]) => sum + Number(length), 0);
	expect(bytes).toBeLessThan(20 * 1024 * 1024);
});

test('a file is what its bytes are, not what its name says', async () => {
	const { attachments } = await messageOf({
		'a.jpg': PNG,
		'b.png': 'no picture',
		'c.txt': '\0\x01'
	});
	expect(attachments).toEqual([expect.objectContaining({ name: 'a.jpg', mimeType: 'image/png' })]);
	const imagesOnly = { images: true, pdfs: false, text: true };
	expect((await messageOf({ 'd.png': '%PDF-1.7' }, imagesOnly)).attachments).toBeUndefined();
});

test('G14 a step that begins again is given the input, also when an output has its name by now', async () => {
	const before = await messageOf({ 'data.csv': 'old' });
	put('output', 'data.csv', 'new');
	expect(await messageOf({ 'data.csv': 'old' })).toEqual(before);
	expect(before.attachments).toMatchObject([{ text: 'old' }]);
});

test('G14 a model is handed only what it looks at, and an agent without the directive nothing', async () => {
	const files = { 'a.png': PNG, 'b.pdf': '%PDF-', 'c.csv': 'x' };
	const textOnly = { images: false, pdfs: false, text: true };
	expect(shown((await messageOf(files, textOnly)).attachments)).toEqual([['c.csv', 1]]);
	expect((await messageOf(files, sees, false)).attachments).toBeUndefined();
});

test('a model that looks at nothing costs no look at the disk', async () => {
	const untouched = {
		attached: () => Promise.reject(new Error('looked')),
		files: () => {
			throw new Error('looked');
		}
	};
	const attachments = [parseFileName('a.png')];
	const agent = { accepts_directive: true };
	const message = await firstMessage({ id: run, attachments }, agent, brief, undefined, untouched);
	expect(message).toEqual({ role: 'user', text: expect.stringContaining('Look.'), brief });
});
