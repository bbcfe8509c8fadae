import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readConfig, SETTINGS } from '../src/lib/server/platform/config';

const read = (file: string) => readFileSync(path.resolve(import.meta.dirname, '..', file), 'utf8');

/** The names in the first column of the table below `## Configuration`. */
function tableOf(file: string): { names: string[]; text: string } {
	const [, section = ''] = read(file).split(/^## Configuration.*$/m);
	const [text = ''] = section.split(/^## /m);
	const cells = text.split('\n').filter((line) => line.startsWith('|'));
	const names = cells.flatMap((line) =>
		[...(line.split('|')[1] ?? '').matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map((found) => found[1] ?? '')
	);
	return { names, text };
}

test.each(['README.md', 'docs/api.md'])('R43 the table in %s has every setting, once', (file) => {
	const { names } = tableOf(file);
	expect([...names].sort()).toEqual([...SETTINGS].sort());
	expect(new Set(names).size).toBe(names.length);
});

test('R43 .env.example has every setting once, and none is set by copying it', () => {
	const names = [...read('.env.example').matchAll(/^# ([A-Z][A-Z0-9_]+)=/gm)].map((m) => m[1]);
	expect([...names].sort()).toEqual([...SETTINGS].sort());
	expect(read('.env.example')).not.toMatch(/^[^#\n]/m);
});

test('R43 the defaults in README.md and .env.example are the defaults in use', () => {
	const defaults = readConfig({});
	const lines = [...read('.env.example').matchAll(/^# ([A-Z][A-Z0-9_]+)=(.*)$/gm)];
	const example = readConfig(Object.fromEntries(lines.map(([, name, value]) => [name, value])));
	for (const name of SETTINGS)
		if (defaults[name] !== undefined) expect([name, example[name]]).toEqual([name, defaults[name]]);
	const { text } = tableOf('README.md');
	const rowOf = (name: string) => text.split('\n').find((line) => line.includes(`\`${name}\``));
	for (const name of SETTINGS) {
		const value = defaults[name];
		if (typeof value !== 'number') continue;
		const shown = name.endsWith('_BYTES') ? `${value / 1024 ** 3} GiB` : `\`${value}\``;
		expect([name, rowOf(name)]).toEqual([name, expect.stringContaining(shown)]);
	}
});

test('R43 nothing but config.ts and the start itself reads the environment', () => {
	// server.js runs before the app is there and hands HOST, PORT and ORIGIN on.
	const used = [...read('server.js').matchAll(/process\.env\.([A-Z_]+)/g)].map((m) => m[1] ?? '');
	const own = ['BODY_SIZE_LIMIT', 'PROTOCOL_HEADER', 'HOST_HEADER'];
	expect(used.filter((name) => !own.includes(name) && !SETTINGS.includes(name as never))).toEqual(
		[]
	);
});
