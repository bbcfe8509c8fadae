import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import Database from 'better-sqlite3';
import { clientWithKey, latest, type ApiClient, type ServerEvent } from '../support/api';
import { serverOnALine } from '../support/line';
import { apiOf, expect, openRail, quickRun, railOf, test, upload, WEATHER } from '../support/page';
import { drawnOn, smallPdf } from '../support/pdf';
import { startServer, type TestServer } from '../support/server';

const HOUR = 3_600_000;
/** The lamp of what expires soon, in the theme that a new client has. */
const RED = 'rgb(207, 59, 46)';
const NUMBERS = `day,visits\n${Array.from({ length: 60 }, (_, n) => `2024-03-${String((n % 28) + 1).padStart(2, '0')},${n * 3 + (n % 7)}`).join('\n')}\n`;

/** Attaches every file there is, so that the run takes a while, and starts it; its id. */
async function startLongRun(page: Page, url: string, directive: string): Promise<string> {
	await page.goto(url);
	const rail = await openRail(page);
	await upload(page, WEATHER);
	await rail.getByRole('checkbox', { name: /seattle-weather\.csv/ }).check();
	for (const file of await rail.getByRole('checkbox').all()) await file.check();
	await page.getByLabel('Directive').fill(directive);
	await page.getByRole('button', { name: 'RUN', exact: true }).click();
	await expect(page).toHaveURL(/\?run=/);
	return new URL(page.url()).searchParams.get('run') ?? '';
}

const groupOf = (rail: Locator, run: string) =>
	rail.getByRole('list', { name: `Artifacts of run ${run.slice(0, 8)}` });

/** Changes the database of a server while it is stopped, and starts it again. */
async function restartedWith(
	server: TestServer,
	change: (db: Database.Database) => void
): Promise<TestServer> {
	await server.stop();
	const db = new Database(path.join(server.storageRoot, 'raro.db'));
	try {
		change(db);
	} finally {
		db.close();
	}
	return startServer({ storageRoot: server.storageRoot });
}

test('STOP ends a run that goes on; what it made stays', async ({ page, api }) => {
	const run = await startLongRun(page, '/', 'Stop in the middle');
	const profile = groupOf(railOf(page), run).getByRole('link', {
		name: 'profile.json',
		exact: true
	});
	await expect(profile).toBeVisible({ timeout: 150_000 });
	const stop = page.getByRole('button', { name: 'STOP', exact: true });
	// The second click of a double click on RUN.
	await stop.hover();
	await page.mouse.down({ clickCount: 2 });
	await page.mouse.up({ clickCount: 2 });
	await expect(stop).toBeEnabled();
	await stop.click();

	await expect(
		page.getByText('The run was stopped. What it had made by then is kept.')
	).toBeVisible();
	await expect(page).toHaveTitle(/Stopped/);
	await expect(page.getByRole('button', { name: 'RUN', exact: true })).toBeEnabled();
	await expect(page.getByRole('button', { name: /^STOP/ })).toHaveCount(0);
	await expect(profile).toBeVisible();
	await expect(page.getByRole('article', { name: 'writer' })).toContainText('Stopped');

	const kept = await api.artifacts(run);
	expect(kept.status).toBe('cancelled');
	const names = [...latest(kept).keys()];
	expect(names).toContain('profile.json');
	expect(names).not.toContain('report.md');
	await page.reload();
	for (const name of names)
		await expect(groupOf(railOf(page), run).getByRole('link', { name, exact: true })).toBeVisible();
	await expect(page.getByRole('button', { name: 'RUN', exact: true })).toBeEnabled();
});

test('RUN repeats the workflow on screen though it is not stored', async ({ page, api }) => {
	const agents = [{ id: 'looker', prompt: 'Look.', model: 'builtin:analyst' }];
	const run = await api.start({ id: 'inline', name: 'Inline', user_directive: 'Look.', agents });
	await api.events(run);
	await page.goto(`/?run=${run}`);
	const workflow = page.getByRole('combobox', { name: 'Workflow' });
	await expect(workflow.getByRole('option', { selected: true })).toHaveText('Inline (not stored)');
	await page.getByRole('button', { name: 'RUN', exact: true }).click();
	await expect(page).toHaveURL((url) => ![null, run].includes(url.searchParams.get('run')));
	const again = await api.state(new URL(page.url()).searchParams.get('run') ?? '');
	expect([again.name, ...again.steps.map((step) => step.agent_id)]).toEqual(['Inline', 'looker']);
});

test('old runs are filtered out and cleared after a yes; a red dot tells what expires soon', async ({
	page,
	context
}) => {
	let server = await startServer();
	try {
		let api = await apiOf(context, server.url);
		await api.put('numbers.csv', NUMBERS);
		const old = await quickRun(api, ['numbers.csv'], 'The old question');
		const soon = await quickRun(api, ['numbers.csv'], 'The question of today');
		server = await restartedWith(server, (db) => {
			const by = 50 * HOUR;
			db.prepare(
				'update runs set created_at = created_at - @by, started_at = started_at - @by, ended_at = ended_at - @by, expires_at = expires_at - @by where id = @old'
			).run({ by, old });
			db.prepare('update artifacts set generated_at = generated_at - @by where run_id = @old').run({
				by,
				old
			});
			db.prepare('update runs set expires_at = ? where id = ?').run(Date.now() + 5 * HOUR, soon);
		});
		api = await apiOf(context, server.url);
		await page.goto(`${server.url}/?run=${soon}`);
		const rail = await openRail(page);
		await expect(groupOf(rail, old)).toBeVisible();

		// Red wins over the green of the run on screen; what is older than a day has no dot.
		const row = groupOf(rail, soon).getByRole('listitem').filter({ hasText: 'quality.md' });
		await expect(row.getByText('Expires within a day:')).toBeAttached();
		await expect(row.getByTitle('Expires within a day')).toHaveCSS('background-color', RED);
		await expect(rail.getByText('Current run:')).toHaveCount(0);
		await expect(
			groupOf(rail, old).getByText(/Expires within a day:|Younger than 24 hours:/)
		).toHaveCount(0);

		await rail.getByRole('button', { name: 'Last 24 h' }).click();
		await expect(groupOf(rail, old)).toHaveCount(0);
		await expect(groupOf(rail, soon)).toBeVisible();
		await rail.getByRole('button', { name: 'All runs' }).click();
		await expect(groupOf(rail, old)).toBeVisible();

		await rail.getByText('Clear old runs', { exact: true }).click();
		await rail.getByRole('button', { name: 'Clear', exact: true }).click();
		const question = page.getByRole('dialog', { name: 'Clear old runs?' });
		await expect(question).toContainText('older than 24 hours are deleted for good');
		await expect(question).toContainText('1 run of those listed');
		await expect(question).toContainText('copies in the Library stay');
		await question.getByRole('button', { name: 'Cancel' }).click();
		await expect(question).toHaveCount(0);
		await expect(groupOf(rail, old)).toBeVisible();
		expect((await api.artifacts(old)).artifacts.length).toBeGreaterThan(0);

		await rail.getByRole('button', { name: 'Clear', exact: true }).click();
		await question.getByRole('button', { name: 'Clear', exact: true }).click();
		await expect(page.getByText('Cleared 1 run.')).toBeVisible();
		await expect(groupOf(rail, old)).toHaveCount(0);
		await expect(groupOf(rail, soon)).toBeVisible();
		expect((await api.fetch(`/runtime/artifacts/${old}/files/quality.md`)).status).not.toBe(200);
		expect((await api.fetch(`/runtime/artifacts/${soon}/files/quality.md`)).status).toBe(200);
	} finally {
		await page.close();
		await server.dispose();
	}
});

test('a PDF is drawn page by page, with nothing from elsewhere', async ({ page, server }) => {
	const asked: string[] = [];
	page.on('request', (request) => asked.push(request.url()));
	await page.goto('/');
	const rail = await openRail(page);
	const buffer = smallPdf('Hello from a page');
	await upload(page, { name: 'small.pdf', mimeType: 'application/pdf', buffer });
	const eye = rail.getByRole('link', { name: 'Preview small.pdf', exact: true });
	await eye.hover();
	await eye.click();
	const dialog = page.getByRole('dialog', { name: 'small.pdf' });
	await expect(dialog.getByText('1 page', { exact: true })).toBeVisible();
	const canvas = dialog.locator('canvas');
	await expect(canvas).toHaveCount(1);
	await expect(canvas).toBeVisible();
	// The rectangle is where it belongs, and there is writing on the white above it.
	await expect
		.poll(() => canvas.evaluate(drawnOn))
		.toMatchObject({ ratio: 1.5, lower: [255, 0, 0, 255], corner: [255, 255, 255, 255] });
	expect((await canvas.evaluate(drawnOn)).darkAbove).toBeGreaterThan(50);
	await expect(dialog.getByText('Hello from a page')).toBeAttached();
	const origins = asked.map((url) => new URL(url)).filter((url) => /^(http|ws)/.test(url.protocol));
	expect(origins.length).toBeGreaterThan(0);
	expect([...new Set(origins.map((url) => url.origin))]).toEqual([server.url]);
});

/** The tools in the order an agent's part of the page names them. */
async function toolsShown(page: Page, agent: string): Promise<string[]> {
	const summaries = page.getByRole('article', { name: agent }).locator('summary');
	const texts = await summaries.allInnerTexts();
	return texts.flatMap((text) => /\b(?:execute|list|read|write)_\w+/.exec(text)?.[0] ?? []);
}

const toolsCalled = (events: ServerEvent[], agent: string) =>
	events
		.filter(({ type, data }) => type === 'tool_called' && data.agent_id === agent)
		.map(({ data }) => String(data.tool));

test('after the connection broke in the middle of a run the page catches up by itself', async ({
	page,
	context,
	conduct
}) => {
	conduct.allow(/^console: .*net::ERR_/);
	const line = await serverOnALine();
	try {
		const run = await startLongRun(page, line.url, 'Go on without me');
		const { key, clientId } = await apiOf(context, line.url);
		const api = clientWithKey(line.server.url, key, clientId);
		await page.evaluate(() => Object.assign(window, { sameDocument: true }));
		await expect.poll(() => toolsShown(page, 'profiler')).not.toEqual([]);
		await context.setOffline(true);
		line.cut();
		await expect(page.getByText(/^(Connecting…|The connection is lost\.)/)).toBeVisible();
		await api.events(run, { until: isEndOf('charts') });
		const agents = page.getByRole('group', { name: 'Agents' });
		await expect(agents.getByRole('link', { name: /charts/ })).toContainText(/Waiting|Running/);

		await context.setOffline(false);
		await expect(page.getByRole('region', { name: 'Workflow' })).toContainText('4/4 done', {
			timeout: 150_000
		});
		await expect(page.getByRole('button', { name: 'RUN', exact: true })).toBeVisible();
		expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
		await expectAllOnce(page, api, run);

		// What came in two pieces reads like what comes in one.
		const read = async () => {
			// The beginnings of files are there only where somebody has looked.
			await page.addStyleTag({ content: '[data-excerpt] { display: none }' });
			return page.getByRole('article').allInnerTexts();
		};
		const before = await read();
		await page.reload();
		await expect.poll(read).toEqual(before);
	} finally {
		await page.close();
		await line.dispose();
	}
});

const isEndOf = (agent: string) => (event: ServerEvent) =>
	event.type === 'step_finished' && event.data.agent_id === agent;

/** Every tool call, answer and artifact of the run's log is on the page, once. */
async function expectAllOnce(page: Page, api: ApiClient, run: string): Promise<void> {
	const events = await api.events(run);
	const state = await api.state(run);
	expect(state.status).toBe('completed');
	expect(events.map((event) => event.id)).toEqual(events.map((_, index) => index + 1));
	expect(events).toHaveLength(state.last_event);
	for (const { agent_id, tools_used } of state.steps) {
		const called = toolsCalled(events, agent_id);
		expect([...new Set(called)]).toEqual(tools_used);
		expect(await toolsShown(page, agent_id), agent_id).toEqual(called);
		const links = page.getByRole('article', { name: agent_id }).getByRole('list', {
			name: 'Artifacts'
		});
		const collected = events.filter(
			({ type, data }) => type === 'artifact_collected' && data.agent_id === agent_id
		);
		await expect(links.getByRole('listitem'), agent_id).toHaveCount(collected.length);
	}
	const listed = await groupOf(railOf(page), run).locator('a[dir=auto]').allInnerTexts();
	expect(listed.toSorted()).toEqual([...latest(await api.artifacts(run)).keys()].toSorted());
}

test.describe('without JavaScript', () => {
	test.use({ javaScriptEnabled: false });

	test('runs are listed newest first, page by page', async ({ page, context }) => {
		let server = await startServer();
		try {
			const { clientId } = await apiOf(context, server.url);
			const made = Array.from({ length: 105 }, (_, n) => ({
				id: randomUUID(),
				// The pages meet between two runs of the same moment.
				at: Date.now() - (n === 50 ? 49 : n) * 60_000 - HOUR
			}));
			const expected = made
				.toSorted((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
				.map(({ id }) => id);
			server = await restartedWith(server, (db) => insertRuns(db, clientId, made));

			await page.goto(`${server.url}/runs`);
			const main = page.getByRole('main');
			const shown = () =>
				main
					.locator('[data-run]')
					.evaluateAll((rows) => rows.map((row) => row.getAttribute('data-run')));
			const newest = main.getByRole('link', { name: 'Newest' });
			await expect(newest).toHaveCount(0);
			for (let from = 0; from < expected.length; from += 50) {
				if (from > 0) await main.getByRole('link', { name: 'Older' }).click();
				await expect.poll(shown).toEqual(expected.slice(from, from + 50));
			}
			await expect(main.getByRole('link', { name: 'Older' })).toHaveCount(0);
			await newest.click();
			await expect.poll(shown).toEqual(expected.slice(0, 50));
		} finally {
			await page.close();
			await server.dispose();
		}
	});
});

/** Ended runs without files, written in an order that says nothing about their age. */
function insertRuns(
	db: Database.Database,
	client: string,
	made: { id: string; at: number }[]
): void {
	const insert = db.prepare(
		`insert into runs (id, client_id, workflow_id, name, user_directive, config, attached_files,
			status, created_at, started_at, ended_at, expires_at)
		values (@id, @client, 'data-profile', 'Data profile', @id, '{}', '[]',
			'completed', @at, @at, @at + 1000, @at + 600000000)`
	);
	const mixed = made.toSorted((a, b) => a.id.localeCompare(b.id));
	db.transaction(() => mixed.forEach(({ id, at }) => insert.run({ id, at, client })))();
}
