import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const documents = [
	'README.md',
	...readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.md'))
		.map((file) => path.join('docs', file))
];

test.each(documents)('every link in %s leads to a file that exists', (document) => {
	const text = readFileSync(path.join(root, document), 'utf8');
	for (const [, link = ''] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
		if (/^[a-z]+:/.test(link)) continue;
		const target = path.resolve(root, path.dirname(document), link);
		expect([link, existsSync(target)]).toEqual([link, true]);
	}
});

test('every npm script that README.md names is there', () => {
	const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
		scripts: Record<string, string>;
	};
	const text = readFileSync(path.join(root, 'README.md'), 'utf8');
	const named = [...text.matchAll(/npm (?:run )?([a-z:]+)/g)].map(([, name = '']) => name);
	expect(named).toEqual(expect.arrayContaining(['start', 'test', 'dev', 'bench']));
	for (const name of named.filter((n) => n !== 'and'))
		expect([name, name in scripts]).toEqual([name, true]);
});
