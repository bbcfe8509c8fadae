import { createHash, randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseFileName } from '../../domain/file-name';
import { createFiles, type Files } from './files';
import { createLayout, storedKey, type Layout } from './layout';
import { prepareStorage } from './prepare';

let root: string;
let layout: Layout;
let files: Files;
const folder = storedKey('library/public');
const csv = parseFileName('report.csv');

beforeEach(async () => {
	root = await fs.mkdtemp(path.join(tmpdir(), 'raro-files-'));
	layout = createLayout(root);
	await prepareStorage(layout);
	files = createFiles(layout);
});
afterEach(() => fs.rm(root, { recursive: true, force: true }));

async function* chunks(...parts: (Uint8Array | string)[]) {
	for (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : part;
}

async function* broken() {
	yield Buffer.alloc(3 * 1024 * 1024);
	throw new Error('the sender left');
}

/** Links do not reach from one to the other. */
const hasTwoFileSystems =
	existsSync('/dev/shm') && statSync('/dev/shm').dev !== statSync(tmpdir()).dev;
if (!hasTwoFileSystems) console.warn('SKIPPED: needs /dev/shm on a file system of its own.');

const temps = () => fs.readdir(layout.temp);
const openDescriptors = async () => (await fs.readdir('/proc/self/fd')).length;

describe('stage', () => {
	test('R7 hashes and writes exactly the bytes that come, in any chunking', async () => {
		const parts = [1, 65_536, 1, 3_000_000, 0, 7].map((size) => randomBytes(size));
		const whole = Buffer.concat(parts);
		const staged = await files.stage(chunks(...parts), 10_000_000);
		expect(staged.sizeBytes).toBe(whole.length);
		expect(staged.sha256).toBe(createHash('sha256').update(whole).digest('hex'));
		expect(whole.equals(await fs.readFile(staged.path))).toBe(true);
		expect((await fs.stat(staged.path)).mode & 0o777).toBe(0o440);
	});

	test('keeps the order of many tiny chunks', async () => {
		const text = Array.from({ length: 5000 }, (_, i) => `${i},`);
		const staged = await files.stage(chunks(...text), 1_000_000);
		expect(await fs.readFile(staged.path, 'utf8')).toBe(text.join(''));
	});

	test('R7 leaves no temp file and no descriptor when the source breaks off', async () => {
		const before = await openDescriptors();
		for (let i = 0; i < 20; i++)
			await expect(files.stage(broken(), 10_000_000)).rejects.toThrow('the sender left');
		expect(await temps()).toEqual([]);
		expect(await openDescriptors()).toBeLessThanOrEqual(before + 2);
	});

	test('R7 refuses one byte too many, names the limit and leaves nothing', async () => {
		await expect(files.stage(chunks('12345', '6'), 5)).rejects.toMatchObject({
			code: 'too_large',
			details: { max_bytes: 5 }
		});
		expect(await temps()).toEqual([]);
		expect((await files.stage(chunks('12345'), 5)).sizeBytes).toBe(5);
	});

	test('takes an empty file', async () => {
		expect(await files.stage(chunks(), 5)).toMatchObject({ sizeBytes: 0 });
	});
});

describe('place and link', () => {
	test('R8 never overwrites: a taken name gets another one on disk', async () => {
		const first = await files.place(await files.stage(chunks('one'), 9), folder, csv);
		const second = await files.place(await files.stage(chunks('two'), 9), folder, csv);
		expect(second).not.toBe(first);
		expect(await fs.readFile(layout.resolve(first), 'utf8')).toBe('one');
		expect(await fs.readFile(layout.resolve(second), 'utf8')).toBe('two');
		expect(await temps()).toEqual([]);
	});

	test('fifty files of one name at once lose nothing', async () => {
		const keys = await Promise.all(
			Array.from({ length: 50 }, async (_, i) =>
				files.place(await files.stage(chunks(String(i)), 9), folder, csv)
			)
		);
		const texts = await Promise.all(keys.map((key) => fs.readFile(layout.resolve(key), 'utf8')));
		expect(texts).toEqual(Array.from({ length: 50 }, (_, i) => String(i)));
	});

	test('makes folders without rights for others', async () => {
		const key = storedKey('artifacts/public/run');
		await files.makeFolder(key);
		for (const made of ['artifacts/public', 'artifacts/public/run'])
			expect((await fs.stat(path.join(root, made))).mode & 0o777).toBe(0o750);
	});

	test('a link is the same bytes and survives its source', async () => {
		const key = await files.place(await files.stage(chunks('kept'), 9), folder, csv);
		const copy = await files.link(key, storedKey('sessions/run/input'), csv);
		expect((await files.stat(copy))?.ino).toBe((await files.stat(key))?.ino);
		await files.remove(key);
		expect(await fs.readFile(layout.resolve(copy), 'utf8')).toBe('kept');
		await expect(files.link(key, folder, csv)).rejects.toMatchObject({ code: 'not_found' });
	});

	test.skipIf(!hasTwoFileSystems)('where links are impossible, a link is a copy', async () => {
		const elsewhere = await fs.mkdtemp('/dev/shm/raro-files-');
		try {
			await fs.rmdir(path.join(root, 'sessions'));
			await fs.symlink(elsewhere, path.join(root, 'sessions'));
			const key = await files.place(await files.stage(chunks('kept'), 9), folder, csv);
			const target = storedKey('sessions/run');
			const copies = [await files.link(key, target, csv), await files.link(key, target, csv)];
			const source = await files.stat(key);
			for (const copy of copies) {
				const stats = await files.stat(copy);
				expect([stats?.dev === source?.dev, stats?.nlink]).toEqual([false, 1]);
				expect((stats?.mode ?? 0) & 0o777).toBe(0o440);
				expect(await fs.readFile(layout.resolve(copy), 'utf8')).toBe('kept');
			}
			expect(copies[0]).not.toBe(copies[1]);
		} finally {
			await fs.rm(elsewhere, { recursive: true });
		}
	});

	test('placeAt replaces in one step: a reader has the old or the new file, never half', async () => {
		const key = await files.place(await files.stage(chunks('old'), 9), folder, csv);
		const opened = await files.open(key);
		await files.placeAt(await files.stage(chunks('new!'), 9), key);
		expect(await opened?.handle.readFile('utf8')).toBe('old');
		await opened?.handle.close();
		expect(await fs.readFile(layout.resolve(key), 'utf8')).toBe('new!');
	});
});

describe('open', () => {
	test('R15 follows no link, opens no folder and waits for no FIFO', async () => {
		await files.makeFolder(folder);
		await fs.symlink('/etc/passwd', path.join(root, 'library/public/link'));
		execFileSync('mkfifo', [path.join(root, 'library/public/fifo')]);
		for (const name of ['link', 'fifo', 'absent', '']) {
			const key = storedKey(name ? `library/public/${name}` : 'library/public');
			expect(await files.open(key)).toBeNull();
		}
	});

	test('remove and names take what is gone already', async () => {
		const key = storedKey('library/public/absent');
		await files.remove(key);
		await files.removeFolder(key);
		expect(await files.names(storedKey('library/nobody'))).toEqual([]);
		expect(await files.stat(key)).toBeNull();
	});
});

test('R36 a key that leaves the storage root resolves to nothing', () => {
	for (const key of ['../x', 'library/../../x', '/etc/passwd', 'library/a\0b', 'raro.db', 'library//x'])
		expect(() => storedKey(key)).toThrow();
});
