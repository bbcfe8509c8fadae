import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startE2b, type E2bStandIn } from '../support/e2b/e2b';
import { newClient } from '../support/api';
import { startServer } from '../support/server';

/* The built server with its code at E2B. */

const WEATHER = readFileSync(
	path.resolve('node_modules', 'vega-datasets', 'data', 'seattle-weather.csv')
);

describe('the built-in analyst at E2B', () => {
	let e2b: E2bStandIn | null = null;
	let env: Record<string, string>;

	beforeAll(async () => {
		e2b = await startE2b();
	});
	beforeEach((context) => {
		if (!e2b) return context.skip();
		env = { E2B_API_KEY: e2b.apiKey, E2B_API_URL: e2b.url, E2B_SANDBOX_URL: e2b.url };
	});
	afterAll(() => e2b?.close());

	it('profiles a table there, draws its charts, and leaves nothing behind', async (context) => {
		// As E2B's template has it; the stand-in has what this machine has.
		if (!existsSync('/usr/lib/python3/dist-packages/matplotlib')) return context.skip();
		const server = await startServer({ env });
		const client = await newClient(server.url);
		expect(await (await fetch(`${server.url}/health`)).json()).toMatchObject({
			sandbox: { kind: 'e2b', detail: expect.stringContaining('E2B') }
		});
		await client.put('seattle-weather.csv', WEATHER);
		const run = await client.start({
			id: 'data-profile',
			user_directive: 'How does precipitation relate to temp_max?',
			attached_files: ['seattle-weather.csv']
		});
		await client.events(run);
		expect(await client.state(run)).toMatchObject({ status: 'completed', error: null });
		const { artifacts } = await client.artifacts(run);
		const names = artifacts.map(({ filename }) => filename);
		expect(names).toEqual(expect.arrayContaining(['report.md']));
		expect(names.some((name) => name.endsWith('.png'))).toBe(true);
		await expect.poll(() => e2b?.boxes.size).toBe(0);
		const made = e2b?.seen.filter((one) => one.method === 'POST' && one.url === '/v2/sandboxes');
		expect(made).toHaveLength(1);
		expect(await server.stop()).toBe(0);
		await server.dispose();
	});

	it('starts while E2B is away or slow', async () => {
		e2b?.faults.push({ on: 'GET /v2/sandboxes', times: 1, delayMs: 3_600_000 });
		const server = await startServer({ env });
		expect((await fetch(`${server.url}/health`)).status).toBe(200);
		await server.dispose();
		e2b?.faults.clear();
	});
});

it('SANDBOX=e2b without a key stops the start and says what is missing', async () => {
	await expect(startServer({ env: { SANDBOX: 'e2b' } })).rejects.toThrow(/set E2B_API_KEY/);
});
