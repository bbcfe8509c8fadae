import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parseFileName } from '../../domain/file-name';
import { PUBLIC_CLIENT } from '../../domain/ids';
import type { Origin } from '../../domain/library';
import type { Files } from '../storage/files';
import { libraryFolder, storedKey } from '../storage/layout';
import { emptyTemp } from '../storage/prepare';
import { SAMPLES } from './samples/samples';
import {
	add,
	ann,
	ben,
	clients,
	expectConsistent,
	files,
	layout,
	library,
	names,
	onDisk,
	openOn,
	opened,
	read,
	text,
	useTestLibrary
} from './testing';

useTestLibrary();

describe('the shared shelf', () => {
	test('R11 a fresh install has samples, once; everybody reads, nobody changes them', async () => {
		await library.provideSamples(clients);
		await library.provideSamples(clients);
		const shelf = await library.list(ben);
		expect(shelf.length).toBeGreaterThanOrEqual(2);
		expect(shelf.every((file) => file.scope === 'public' && !file.name.endsWith('.ts'))).toBe(true);
		const [first] = shelf;
		const name = parseFileName(first?.name ?? '');
		await expect(library.remove(ben, name)).rejects.toMatchObject({ code: 'forbidden' });
		await expect(library.rename(ben, name, parseFileName('x'))).rejects.toMatchObject({
			code: 'forbidden'
		});
		expect((await library.usage(ben)).bytes).toBe(0);
		await expectConsistent();
	});

	test('R11 a first start that is cut off in the middle is made up for by the next one', async () => {
		const cut: Files = {
			...files,
			place(staged, folder, name) {
				if (name.startsWith('support')) throw new Error('power cut');
				return files.place(staged, folder, name);
			}
		};
		await expect(openOn(cut).provideSamples(clients)).rejects.toThrow('power cut');
		expect(await onDisk(PUBLIC_CLIENT)).not.toEqual([]);
		expect(await names()).toEqual([]);
		await emptyTemp(layout);
		await library.reconcile();
		expect(await onDisk(PUBLIC_CLIENT)).toEqual([]);
		await library.provideSamples(clients);
		expect(await names()).toHaveLength(SAMPLES.length);
		await expectConsistent();
	});

	test('R11 samples that were taken off the shelf do not come back', async () => {
		await library.provideSamples(clients);
		for (const { name } of await library.list(ann))
			await library.remove(PUBLIC_CLIENT, parseFileName(name));
		await library.provideSamples(clients);
		expect(await names()).toEqual([]);
	});

	test('R11 a private file hides a shared one of its name until it is deleted', async () => {
		await opened.db.write(() => clients.insertPublic());
		await add('s.csv', 'shared', 'keep', PUBLIC_CLIENT);
		await add('S.csv', 'mine');
		expect(await names()).toEqual(['S.csv']);
		expect(await read('s.csv')).toBe('mine');
		expect(await read('s.csv', ben)).toBe('shared');
		await library.remove(ann, parseFileName('s.csv'));
		expect(await read('s.csv')).toBe('shared');
	});
});

describe('adopt', () => {
	const origin: Origin = {
		run_id: randomUUID(),
		agent_id: 'writer',
		filename: 'plot.png',
		version: 1,
		sha256: '',
		generated_at: '2026-01-01T00:00:00.000Z'
	};

	async function artifact(content: string) {
		const staged = await files.stage(text(content), 1000);
		const key = await files.place(staged, storedKey('artifacts/x/y'), parseFileName('plot.png'));
		const { sizeBytes, sha256 } = staged;
		return {
			key,
			name: parseFileName('plot.png'),
			sizeBytes,
			sha256,
			contentType: 'image/png',
			origin: { ...origin, sha256 }
		};
	}

	test('R31 keeps a copy with its provenance that survives its source; twice is one', async () => {
		const source = await artifact('png');
		const first = await library.adopt(ann, source);
		expect(first).toMatchObject({ created: true, file: { origin: source.origin } });
		expect(await library.adopt(ann, source)).toEqual({ file: first.file, created: false });
		await files.remove(source.key);
		expect(await read('plot.png')).toBe('png');
		await expectConsistent();
	});

	test('R31 ten promotes of one file at once keep one', async () => {
		const source = await artifact('png');
		const all = await Promise.all(Array.from({ length: 10 }, () => library.adopt(ann, source)));
		expect(all.filter((one) => one.created)).toHaveLength(1);
		expect(await names()).toEqual(['plot.png']);
		await expectConsistent();
	});

	test('R31 keeps both when the name is taken, and comes again after a delete', async () => {
		await add('plot.png', 'mine');
		const source = await artifact('png');
		expect((await library.adopt(ann, source)).file.name).toBe('plot (2).png');
		await library.remove(ann, parseFileName('plot (2).png'));
		expect((await library.adopt(ann, source)).created).toBe(true);
		await expectConsistent();
	});

	test('R10 the quota holds for promoted files too', async () => {
		await add('a', 'x'.repeat(100));
		await add('b', 'x'.repeat(100));
		const source = await artifact('y'.repeat(60));
		await expect(library.adopt(ann, source)).rejects.toMatchObject({ code: 'too_large' });
		await expectConsistent();
	});
});

describe('reconcile', () => {
	test('removes what a crash left between file and row, and nothing else', async () => {
		await add('a.csv', '1');
		await files.place(
			await files.stage(text('orphan'), 99),
			libraryFolder(ann),
			parseFileName('o')
		);
		await library.reconcile();
		expect(await onDisk()).toEqual(['a.csv']);
		expect(await read('a.csv')).toBe('1');
		await expectConsistent();
	});

	test('a row whose file is lost is shown to nobody, its name is free, and it may come back', async () => {
		await add('a.csv', '1');
		const file = layout.resolve(storedKey(`${libraryFolder(ann)}/a.csv`));
		await fs.rename(file, `${layout.temp}/kept`);
		await library.reconcile();
		expect(await names()).toEqual([]);
		expect(await library.find(ann, parseFileName('a.csv'))).toBeNull();
		expect((await library.usage(ann)).bytes).toBe(0);
		await fs.rename(`${layout.temp}/kept`, file);
		await library.reconcile();
		expect(await names()).toEqual(['a.csv']);
		await fs.rm(file);
		await library.reconcile();
		expect((await add('a.csv', '2')).name).toBe('a.csv');
		await expectConsistent();
	});
});
