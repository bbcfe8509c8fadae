import { afterAll, beforeAll, expect, test } from 'vitest';
import { newClient, type ApiClient } from '../support/api';
import { startServer, type TestServer } from '../support/server';

/** What a page may make the browser fetch as scripts before anybody does anything, as it is sent. */
const LIMIT_BYTES = 150_000;

/** Words that only the code of a viewer or an editor has: it comes when it is asked for. */
const ON_DEMAND = {
	'pdfjs-dist': 'GlobalWorkerOptions',
	'highlight.js': 'hljs-',
	dompurify: 'RETURN_TRUSTED_TYPE',
	papaparse: 'skipEmptyLines',
	'@xyflow/svelte': 'svelte-flow__pane',
	'@dagrejs/dagre': 'network-simplex',
	diff: 'oneChangePerToken',
	virtua: 'overflow-anchor',
	zod: 'ZodError',
	'the palette': 'Search commands, runs, files',
	'the editor': 'Workflow to import'
};

/** A script, and what it weighs on its way to a browser. */
interface Script {
	code: string;
	bytes: number;
}

let server: TestServer;
let client: ApiClient;
let run: string;
let other: string;

beforeAll(async () => {
	server = await startServer();
	client = await newClient(server.url);
	const { agents } = await client.json<{ agents: { id: string }[] }>(
		'/runtime/workflows/data-profile'
	);
	const short = {
		id: 'short',
		name: 'Short',
		agents: agents.filter(({ id }) => id === 'profiler')
	};
	await client.json('/runtime/workflows/short', {
		method: 'PUT',
		body: JSON.stringify(short),
		headers: { 'content-type': 'application/json' }
	});
	run = await client.start({ ...short, attached_files: ['coffee-shop-sales.csv'] });
	other = await client.start({ ...short, user_directive: 'Otherwise' });
	await Promise.all([client.events(run), client.events(other)]);
}, 120_000);
afterAll(() => server.dispose());

/** Every script that the page's HTML and its preloads name, and what those import in turn. */
async function scriptsOf(address: string): Promise<Map<string, Script>> {
	const answer = await client.fetch(address);
	if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
	const preloads = answer.headers.get('link') ?? '';
	const html = await answer.text();
	const scripts = new Map<string, Script>();
	const add = async (url: URL): Promise<void> => {
		if (scripts.has(url.pathname)) return;
		scripts.set(url.pathname, { code: '', bytes: 0 });
		const response = await client.fetch(url.pathname, { headers: { 'Accept-Encoding': 'gzip' } });
		if (!response.ok) throw new Error(`${url.pathname}: ${response.status}`);
		const code = await response.text();
		scripts.set(url.pathname, { code, bytes: Number(response.headers.get('content-length')) });
		for (const specifier of importsOf(code)) await add(new URL(specifier, url));
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
	['a comparison', () => `/runs/compare?a=${run}&b=${other}`],
	['a new workflow', () => '/workflows/new'],
	['the editor', () => '/workflows/short/edit'],
	['the versions of a workflow', () => '/workflows/short/versions'],
	['the import of a workflow', () => '/workflows/new/import'],
	['a plan', () => '/plan']
])('the scripts of %s weigh 150 KB at most, and viewers come on demand', async (what, address) => {
	const scripts = await scriptsOf(address());
	// One file for each combination of pages would be fifty requests.
	expect(scripts.size).toBeLessThan(25);
	expect(scripts.size).toBeGreaterThan(4);
	const sizes = [...scripts].map(([name, { bytes }]) => ({ name, bytes }));
	const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
	const heaviest = sizes.sort((a, b) => b.bytes - a.bytes).slice(0, 6);
	expect(total, JSON.stringify(heaviest, null, 1)).toBeLessThanOrEqual(LIMIT_BYTES);
	expect(total).toBeGreaterThan(40_000);
	const all = [...scripts.values()].map(({ code }) => code).join('\n');
	const early = Object.entries(ON_DEMAND).filter(([, word]) => all.includes(word));
	// To tell two texts apart is all that a comparison is for.
	expect(early.map(([name]) => name)).toEqual(what === 'a comparison' ? ['diff'] : []);
});

test('the words that tell the viewers apart are in what is fetched on demand', async () => {
	// Otherwise the test above would pass for want of them.
	const pages = [`/?run=${run}`, '/runs', '/workflows/short/edit'];
	const first = (await Promise.all(pages.map(scriptsOf))).flatMap((scripts) => [...scripts]);
	const seen = new Map(first.map(([name, { code }]) => [name, code]));
	const queue = [...seen];
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

test('the page of the console brings the shapes of all workflows, but not their prompts', async () => {
	const page = await (await client.fetch('/')).text();
	const { agents } = await client.json<{ agents: { prompt: string }[] }>(
		'/runtime/workflows/data-profile'
	);
	const said = agents[0]?.prompt.slice(0, 40) ?? '';
	expect(said).toMatch(/^[A-Za-z ,]{30}/);
	expect(page).not.toContain(said);
	expect(page).toContain('Data profile');
	expect(page).toContain('profiler');
});
