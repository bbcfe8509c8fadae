import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const eslint = new ESLint({ cwd: root });

async function rulesBroken(code: string, file: string): Promise<string[]> {
	const [result] = await eslint.lintText(`${code}\n`, { filePath: path.join(root, file) });
	const messages = result?.messages ?? [];
	expect(messages.filter((message) => message.fatal)).toEqual([]);
	return messages.map((message) => message.ruleId ?? '');
}

const ROUTE = 'src/routes/runtime/made-up/+server.ts';

describe('R36 lint stops a route that goes past the resolver or the parser', () => {
	test.each([
		"import fs from 'node:fs';\nexport const GET = () => fs;",
		"import { readFile } from 'node:fs/promises';\nexport const GET = () => readFile;",
		"import { readFile } from 'fs/promises';\nexport const GET = () => readFile;",
		"import * as fs from 'fs';\nexport const GET = () => fs;",
		"import path from 'node:path';\nexport const GET = () => path;",
		"import { join } from 'path';\nexport const GET = () => join;",
		"import { join } from 'node:path/posix';\nexport const GET = () => join;",
		"import { execSync } from 'node:child_process';\nexport const GET = () => execSync;",
		"import { openDb } from '$lib/server/db/client';\nexport const GET = () => openDb;",
		"import { fileKey } from '$lib/server/storage/layout';\nexport const GET = () => fileKey;",
		"import { fileKey } from '../../../lib/server/storage/layout';\nexport const GET = () => fileKey;",
		"export const GET = () => import('node:fs');",
		"export const GET = () => process.getBuiltinModule('node:fs');",
		"export const GET = ({ params }: { params: { name: string } }) => 'library/' + params.name;",
		'export const GET = ({ params }: { params: { name: string } }) => `library/${params.name}`;',
		'export const GET = (event: { params: { name: string } }) => `library/${event.params.name}`;',
		"import type { StorageKey } from '$lib/server/storage/stored-file';\nexport const key = (raw: string) => raw as StorageKey;",
		"import type { FileName } from '$lib/domain/file-name';\nexport const name = (raw: string) => raw as FileName;"
	])('%s', async (code) => {
		expect(await rulesBroken(code, ROUTE)).toEqual(
			expect.arrayContaining([expect.stringMatching(/no-restricted-(imports|syntax|properties)$/)])
		);
	});

	test('a route as the others are is clean', async () => {
		const code = readFileSync(
			path.join(root, 'src/routes/runtime/library/files/[name]/+server.ts'),
			'utf8'
		).trimEnd();
		expect(await rulesBroken(code, ROUTE)).toEqual([]);
	});
});

test('R36 every name and run id in an address goes through its parser', () => {
	const routes = readdirSync(path.join(root, 'src/routes'), {
		recursive: true,
		encoding: 'utf8'
	}).filter((file) => /\+(page\.)?server\.ts$/.test(file));
	expect(routes.length).toBeGreaterThan(20);
	let parsed = 0;
	for (const file of routes) {
		const code = readFileSync(path.join(root, 'src/routes', file), 'utf8');
		const uses = code.match(/params\.(name|run)\b/g) ?? [];
		const through =
			code.match(
				/(parseFileName|parseRunId)\((event\.)?params\.(name|run)( \?\? '')?\)|receiveFile\([^)]*params\.name/g
			) ?? [];
		expect([file, through.length]).toEqual([file, uses.length]);
		parsed += through.length;
	}
	expect(parsed).toBeGreaterThan(15);
});

test('the direction of imports is enforced, however an import is written', async () => {
	for (const [file, code] of [
		['src/lib/domain/x.ts', "import { readFileSync } from 'node:fs';"],
		['src/lib/domain/x.ts', "import { services } from '../server/services';"],
		['src/lib/server/library/x.ts', "import { createRuns } from '../runs/runs';"],
		['src/lib/server/library/x.ts', "import { createRuns } from '$lib/server/runs/runs';"],
		['src/lib/server/storage/x.ts', "import { createLibrary } from '../library/library';"],
		['src/lib/client/x.ts', "import { services } from '$lib/server/services';"]
	] as const)
		expect([file, await rulesBroken(code, file)]).toEqual([
			file,
			expect.arrayContaining(['@typescript-eslint/no-restricted-imports'])
		]);
	expect(await rulesBroken('export const port = process.env.PORT;', ROUTE)).toContain(
		'no-restricted-properties'
	);
});
