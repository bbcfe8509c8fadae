import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Linter } from 'eslint';
import { describe, expect, test } from 'vitest';

/*
 * The scripts that a newcomer's own Node runs before this project's is installed: Node 20.10 has to
 * understand them.
 */

const root = path.resolve(import.meta.dirname, '..');

/** The file and all that it imports from this project. */
function closure(file: string, seen = new Set<string>()): string[] {
	if (seen.has(file)) return [...seen];
	seen.add(file);
	const code = readFileSync(path.join(root, file), 'utf8');
	for (const [, imported] of code.matchAll(/from '(\.[^']+)'|import\('(\.[^']+)'\)/g))
		if (imported) closure(path.join(path.dirname(file), imported), seen);
	return [...seen];
}

/** What came after Node 20.10 and reads like anything else. */
const NEWER = [
	/\bimport\.meta\.(dirname|filename|main)\b/,
	/\b(Object|Map)\.groupBy\b/,
	/\bPromise\.(withResolvers|try)\b/,
	/\bArray\.fromAsync\b/,
	/\bURL\.parse\b/,
	/\bgetBuiltinModule\b/,
	/\bnode:sqlite\b/,
	/\b(glob|globSync|loadEnvFile|styleText|parseEnv)\b/,
	/\bisSubsetOf|\.union\(|\.intersection\(|\bIterator\.from\b/,
	/\bRegExp\.escape\b/,
	/\bwith \{ type: 'json' \}/
];

describe.each(['scripts/start.js', 'scripts/test.js', 'scripts/sandbox-packages.js'])(
	'R39 %s',
	(entry) => {
		test.each(closure(entry))('%s is for Node 20.10', (file) => {
			const code = readFileSync(path.join(root, file), 'utf8');
			const problems = new Linter().verify(code, [
				{ files: ['**/*.js'], languageOptions: { ecmaVersion: 2023, sourceType: 'module' } }
			]);
			expect(problems.map(({ line, message }) => `${line}: ${message}`)).toEqual([]);
			for (const feature of NEWER) expect([feature, feature.test(code)]).toEqual([feature, false]);
		});

		test('needs no package before the packages are installed', () => {
			for (const file of closure(entry)) {
				const code = readFileSync(path.join(root, file), 'utf8');
				for (const [, from = ''] of code.matchAll(/^import [^;]*?from '([^']+)'/gm))
					expect([file, from, /^(node:|\.)/.test(from)]).toEqual([file, from, true]);
			}
		});
	}
);

test('R39 package.json promises exactly that, and brings the Node that the app needs', () => {
	const { engines, devDependencies, scripts } = JSON.parse(
		readFileSync(path.join(root, 'package.json'), 'utf8')
	) as Record<'engines' | 'devDependencies' | 'scripts', Record<string, string>>;
	expect(engines.node).toBe('>=20.10');
	expect(devDependencies.node).toMatch(/^\^?2[4-9]/);
	expect([scripts.start, scripts.test]).toEqual(['node scripts/start.js', 'node scripts/test.js']);
	const ci = readFileSync(path.join(root, '.ci', 'run'), 'utf8');
	expect(ci).toMatch(/^npm test$/m);
});
