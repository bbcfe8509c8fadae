import { createHash } from 'node:crypto';
import path from 'node:path';
import {
	test as base,
	expect,
	type BrowserContext,
	type Locator,
	type Page,
	type Request
} from '@playwright/test';
import type { WorkflowConfig } from '$lib/domain/workflow';
import { clientWithKey, type ApiClient } from './api';
import { startServer, type TestServer } from './server';

/** A data set that this project did not make. */
export const WEATHER = path.resolve('node_modules/vega-datasets/data/seattle-weather.csv');

export const THEMES = ['archival', 'phosphor'] as const;
export type Theme = (typeof THEMES)[number];

/** What a page did that it must never do: errors on its console, requests to another server. */
export interface Conduct {
	problems: string[];
	/** Expects a problem whose text matches; it is not held against the test. */
	allow(pattern: RegExp): void;
}

interface TestFixtures {
	conduct: Conduct;
	/** Whether the tour of who is new here is offered; other tests have had it. */
	tour: boolean;
	/** The same client as `page`, over the HTTP API. */
	api: ApiClient;
}

interface WorkerFixtures {
	server: TestServer;
}

/**
 * Playwright's test with a built server for each worker and a fresh client for each test. A test
 * fails when its page writes an error to the console or asks another server for anything.
 */
export const test = base.extend<TestFixtures, WorkerFixtures>({
	server: [
		// eslint-disable-next-line no-empty-pattern -- Playwright wants a pattern here
		async ({}, use) => {
			const server = await startServer();
			await use(server);
			await server.dispose();
		},
		{ scope: 'worker' }
	],
	tour: [false, { option: true }],
	context: async ({ context, tour }, use) => {
		if (!tour) await hadTour(context);
		await use(context);
	},
	baseURL: async ({ server }, use) => use(server.url),
	page: async ({ page, javaScriptEnabled }, use) => {
		if (javaScriptEnabled !== false) waitForScripts(page);
		await use(page);
	},
	conduct: [
		async ({ context }, use) => {
			const allowed: RegExp[] = [];
			const conduct: Conduct = { problems: [], allow: (pattern) => allowed.push(pattern) };
			watch(context, conduct.problems);
			await use(conduct);
			const unexpected = () =>
				conduct.problems.filter((problem) => !allowed.some((pattern) => pattern.test(problem)));
			await expect.poll(unexpected, { message: 'problems of the page', timeout: 2000 }).toEqual([]);
		},
		{ auto: true }
	],
	api: async ({ context, server }, use) => use(await apiOf(context, server.url))
});

export { expect };

/** There is no page of the app, or its scripts run: this button shows itself only then. */
const RUNS_OR_NONE = 'body:not(:has(#app)), [aria-keyshortcuts="Control+K Meta+K"]:not(.invisible)';

/**
 * Makes `goto` and `reload` of this page wait until the app's scripts run. What is pressed before is
 * answered as without scripts, which tests of their own look at; here it would only happen under load.
 * `waitUntil: 'commit'` waits for nothing.
 */
export function waitForScripts(page: Page): void {
	const live = () => page.locator(RUNS_OR_NONE).first().waitFor({ state: 'attached' });
	const goto = page.goto.bind(page);
	const reload = page.reload.bind(page);
	page.goto = async (url, options) => {
		const answer = await goto(url, options);
		if (options?.waitUntil !== 'commit') await live();
		return answer;
	};
	page.reload = async (...args) => {
		const answer = await reload(...args);
		await live();
		return answer;
	};
}

function watch(context: ReturnType<Page['context']>, problems: string[]): void {
	context.on('console', (message) => {
		if (message.type() === 'error')
			problems.push(`console: ${message.text()} (${message.location().url})`);
	});
	context.on('weberror', (error) => problems.push(`error: ${error.error().message}`));
	const isRemote = (request: Request) => {
		const url = new URL(request.url());
		const local = ['localhost', '127.0.0.1'].includes(url.hostname);
		return !local && !['data:', 'blob:', 'about:'].includes(url.protocol);
	};
	const told = (request: Request) => `request: ${request.url()}`;
	context.on('request', (request) => {
		if (isRemote(request)) problems.push(told(request));
	});
	// The browser also tells about requests that the page's policy did not let out.
	context.on('requestfailed', (request) => {
		if (!isRemote(request) || !/csp/i.test(request.failure()?.errorText ?? '')) return;
		const at = problems.indexOf(told(request));
		if (at >= 0) problems.splice(at, 1);
	});
}

/** The client of this browser context, which a page visit makes when there is none yet. */
export async function apiOf(context: ReturnType<Page['context']>, url: string): Promise<ApiClient> {
	const keyOf = async () =>
		(await context.cookies(url)).find((cookie) => cookie.name === 'raro_session_id')?.value;
	if (!(await keyOf())) await context.request.get(`${url}/`);
	const key = await keyOf();
	if (!key) throw new Error('The page gave no client key.');
	const answer = await context.request.get(`${url}/runtime/client`);
	const { client_id } = (await answer.json()) as { client_id: string };
	return clientWithKey(url, key, client_id);
}

/** Runs the data-profile workflow over the API: charts, a report and all. */
export function finishedRun(
	api: ApiClient,
	files: string[],
	directive = 'What drives it?'
): Promise<string> {
	return runToEnd(api, { id: 'data-profile', user_directive: directive, attached_files: files });
}

/** A run of the profiler and the quality agent only: much sooner done than a whole one. */
export async function quickRun(
	api: ApiClient,
	files: string[],
	directive = 'What drives it?'
): Promise<string> {
	const whole = await api.json<WorkflowConfig>('/runtime/workflows/data-profile');
	return runToEnd(api, {
		id: 'quick',
		name: 'Quick',
		agents: whole.agents.filter(({ id }) => id === 'profiler' || id === 'quality'),
		user_directive: directive,
		attached_files: files
	});
}

async function runToEnd(api: ApiClient, request: Record<string, unknown>): Promise<string> {
	const run = await api.start(request);
	await api.events(run);
	expect((await api.state(run)).status).toBe('completed');
	return run;
}

/** In this context the tour of who is new here is not offered any more. */
export async function hadTour(context: BrowserContext): Promise<void> {
	await context.addInitScript(() => {
		// A page of no origin has no storage.
		if (location.protocol.startsWith('http')) localStorage.setItem('raro.tour', 'seen');
	});
}

export async function useTheme(page: Page, url: string, theme: Theme): Promise<void> {
	await page.context().addCookies([{ name: 'raro_theme', value: theme, url }]);
}

export const railOf = (page: Page): Locator =>
	page.getByRole('complementary', { name: 'Environment' });

/** Unfolds the rail for good, as its pin does; on a narrow screen it only opens the drawer. */
export async function openRail(page: Page): Promise<Locator> {
	const rail = railOf(page);
	await rail.getByRole('button', { name: /^ENV/ }).click();
	await expect(rail.getByRole('heading', { name: 'Environment' })).toBeVisible();
	const narrow = (page.viewportSize()?.width ?? 0) <= 640;
	// On a narrow screen it is a drawer, which has no pin. A click before the scripts came does nothing.
	if (!narrow)
		await expect(async () => {
			const pin = rail.getByRole('button', { name: 'Keep the rail open' });
			if (await pin.isVisible()) await pin.click();
			await expect(rail.getByRole('button', { name: 'Unpin the rail' })).toBeVisible({
				timeout: 1000
			});
		}).toPass();
	return rail;
}

/** Chooses files with the rail's own file input. */
export async function upload(
	page: Page,
	files: Parameters<Locator['setInputFiles']>[0]
): Promise<void> {
	await railOf(page).locator('input[type=file]').setInputFiles(files);
}

export const sha256 = (bytes: Uint8Array | string): string =>
	createHash('sha256').update(bytes).digest('hex');

/** How wide a picture really is; 0 when it did not load. */
export const naturalWidth = (image: Locator): Promise<number> =>
	image.evaluate((element) => (element instanceof HTMLImageElement ? element.naturalWidth : 0));
