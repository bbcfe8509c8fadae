import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newClient, type ApiClient } from '../support/api';
import { startServer, type TestServer } from '../support/server';

/** What a page may make the browser fetch as scripts before anybody does anything, gzip. */
const LIMIT_BYTES = 150_000;

/** Words that only the code of a viewer or an editor has: it comes when it is asked for. */
const ON_DEMAND = {
	'pdfjs-dist': 'GlobalWorkerOptions',
	'highlight.js': 'hljs-',
	dompurify: 'RETURN_TRUSTED_TYPE',
	papaparse: 'skipEmptyLines'
};

let server: TestServer;
let client: ApiClient;
let run: string;

beforeAll(async () => {
	server = await startServer();
	client = await newClient(server.url);
	const { agents } = await client.json<{ agents: { id: string }[] }>(
		'/runtime/workflows/data-profile'
	);
	run = await client.start({
		id: 'short',
		name: 'Short',
		agents: agents.filter(({ id }) => id === 'profiler'),
		attached_files: ['coffee-shop-sales.csv']
	});
	await client.events(run);
}, 120_000);
afterAll(() => server.dispose());

/** Every script that the page's HTML and its preloads name, and what those import in turn. */
async function scriptsOf(address: string): Promise<Map<string, string>> {
	const answer = await client.fetch(address);
	const preloads = answer.headers.get('link') ?? '';
	const html = await answer.text();
	const scripts = new Map<string, string>();
	const add = async (url: URL): Promise<void> => {
		if (scripts.has(url.pathname)) return;
		scripts.set(url.pathname, '');
		const response = await client.fetch(url.pathname);
		if (!response.ok) throw new Error(`${url.pathname}: ${response.status}`);
		const text = await response.text();
		scripts.set(url.pathname, text);
		for (const specifier of importsOf(text)) await add(new URL(specifier, url));
	};
	const page = new URL(address, server.url);
	const named = `${html}${preloads}`.matchAll(
		/["'(<]([^"'()<>\s]*\/_app\/[^"'()<>\s]+\.js)["')>]/g
	);
	for (const [, link = ''] of named) await add(new URL(link, page));
	return scripts;
}

/** The specifiers of a built module's static imports; `import()` is on demand. */
function importsOf(code: string): string[] {
	const statements =
		/(?:^|[;}\n])\s*(?:import|export)\s*(?:[\w$*{},\s]*?from\s*)?["']([^"']+\.js)["']/g;
	return [...code.matchAll(statements)].map(([, specifier = '']) => specifier);
}

test.each([
	['the console', () => '/'],
	['a run on the console', () => `/?run=${run}`],
	['the list of runs', () => '/runs'],
	['a run', () => `/runs/${run}`],
	['the list of workflows', () => '/workflows'],
	['a workflow', () => '/workflows/data-profile'],
	['the editor', () => '/workflows/data-profile/edit'],
	['a plan', () => '/plan']
])('the scripts of %s weigh 150 KB at most, and viewers come on demand', async (_, address) => {
	const scripts = await scriptsOf(address());
	expect(scripts.size).toBeGreaterThan(10);
	const sizes = [...scripts].map(([name, code]) => ({ name, bytes: gzipSync(code).length }));
	const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
	const heaviest = sizes.sort((a, b) => b.bytes - a.bytes).slice(0, 6);
	expect(total, JSON.stringify(heaviest, null, 1)).toBeLessThanOrEqual(LIMIT_BYTES);
	expect(total).toBeGreaterThan(40_000);
	const all = [...scripts.values()].join('\n');
	const early = Object.entries(ON_DEMAND).filter(([, word]) => all.includes(word));
	expect(early.map(([name]) => name)).toEqual([]);
});

test('the words that tell the viewers apart are in what is fetched on demand', async () => {
	// Otherwise the test above would pass for want of them.
	const first = await scriptsOf(`/?run=${run}`);
	const seen = new Map(first);
	const queue = [...first];
	for (let next = queue.pop(); next; next = queue.pop()) {
		const [name, code] = next;
		for (const [, specifier = ''] of code.matchAll(/["'](\.{1,2}\/[^"'\s]+\.m?js)["']/g)) {
			const { pathname } = new URL(specifier, new URL(name, server.url));
			if (seen.has(pathname)) continue;
			const response = await client.fetch(pathname);
			const text = response.ok ? await response.text() : '';
			seen.set(pathname, text);
			queue.push([pathname, text]);
		}
	}
	const all = [...seen.values()].join('\n');
	const absent = Object.entries(ON_DEMAND).filter(([, word]) => !all.includes(word));
	expect(absent.map(([name]) => name)).toEqual([]);
});
