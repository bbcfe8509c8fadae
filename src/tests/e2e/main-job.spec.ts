import { readFile } from 'node:fs/promises';
import type { Locator } from '@playwright/test';
import { latest } from '../support/api';
import { startServer } from '../support/server';
import {
	expect,
	finishedRun,
	naturalWidth,
	openRail,
	sha256,
	test,
	upload,
	WEATHER
} from '../support/page';

const NAME = 'seattle-weather.csv';

test('a person uploads a table, runs the agents on it and gets charts, tables and a report', async ({
	page,
	api
}) => {
	await page.goto('/');
	const rail = await openRail(page);
	await upload(page, WEATHER);
	const file = rail.getByRole('checkbox', { name: new RegExp(NAME) });
	await expect(file).not.toBeChecked();
	const row = rail
		.getByRole('listitem')
		.filter({ has: page.getByRole('checkbox', { name: NAME }) });
	await expect(row.getByText('Idle', { exact: true })).toBeVisible();
	await file.check();
	await expect(row.getByText('Linked', { exact: true })).toBeVisible();
	const chips = page.getByRole('list', { name: 'Attached files' });
	await expect(chips.getByText(NAME)).toBeVisible();

	await page.getByLabel('Directive').fill('What drives precipitation and wind?');
	await page.getByRole('button', { name: 'RUN', exact: true }).click();

	const agents = page.getByRole('group', { name: 'Agents' });
	const profiler = agents.getByRole('link', { name: /profiler/ });
	const writer = agents.getByRole('link', { name: /writer/ });
	await expect(profiler).toContainText(/Running|Done/);
	await expect(page.getByRole('button', { name: 'STOP', exact: true })).toBeVisible();

	// The first results are there while the last agent has not even begun.
	await expect(rail.getByRole('link', { name: 'profile.json', exact: true })).toBeVisible();
	await expect(writer).toContainText('Waiting');
	await expect(profiler).toContainText('Done');
	for (const agent of ['profiler', 'charts', 'quality', 'writer'])
		await expect(agents.getByRole('link', { name: new RegExp(agent) })).toContainText('Done');
	await expect(page.getByRole('button', { name: 'RUN', exact: true })).toBeVisible();
	await expect(page.getByRole('region', { name: 'Workflow' })).toContainText('4/4 done');

	const run = new URL(page.url()).searchParams.get('run') ?? '';
	expect((await api.state(run)).status).toBe('completed');
	for (const name of latest(await api.artifacts(run)).keys())
		await expect(rail.getByRole('link', { name, exact: true })).toBeVisible();

	// The run's own page tells the same, and still does after a reload.
	await page.goto(`/runs/${run}`);
	for (let visit = 0; visit < 2; visit++) {
		await expect(page.getByRole('heading', { level: 1 })).toHaveText(
			'What drives precipitation and wind?'
		);
		const story = page.getByRole('article', { name: 'writer' });
		await expect(story).toContainText('Done');
		await expect(story.getByRole('link', { name: /report\.md/ }).first()).toBeVisible();
		await page.reload();
	}
});

test.describe('the results of a run', () => {
	/** One run serves all these tests: they only look. */
	let made: { key: string; run: string } | null = null;

	test.beforeEach(async ({ context, api, server }) => {
		if (!made) {
			await api.put(NAME, await readFile(WEATHER));
			made = { key: api.key, run: await finishedRun(api, [NAME]) };
		}
		await context.addCookies([{ name: 'raro_session_id', value: made.key, url: server.url }]);
	});
	test.describe.configure({ mode: 'serial' });

	test('a chart is shown as a picture that really loads, with where it comes from', async ({
		page
	}) => {
		await page.goto('/');
		const rail = await openRail(page);
		const chart = rail.getByRole('link', { name: /^[^ ]+\.png$/ }).first();
		const name = await chart.innerText();
		await chart.click();
		const dialog = page.getByRole('dialog', { name });
		const image = dialog.getByRole('img', { name });
		await expect.poll(() => naturalWidth(image)).toBeGreaterThan(200);
		await expect(dialog.getByRole('complementary', { name: 'Provenance' })).toContainText('charts');
		await dialog.getByRole('button', { name: 'Next artifact' }).click();
		await expect(page.getByRole('dialog', { name, exact: true })).toHaveCount(0);
		await expect(page.getByRole('dialog')).toBeVisible();
	});

	test('the report is rendered with its charts in it', async ({ page }) => {
		await page.goto('/');
		const rail = await openRail(page);
		await rail.getByRole('link', { name: 'report.md', exact: true }).click();
		const dialog = page.getByRole('dialog', { name: 'report.md' });
		await expect(dialog.getByRole('heading', { level: 1 })).toBeVisible();
		await expect(dialog.getByRole('table').first()).toBeVisible();
		const images = dialog.getByRole('img');
		await expect(images.first()).toBeVisible();
		for (const image of await images.all()) {
			await image.scrollIntoViewIfNeeded();
			await expect.poll(() => naturalWidth(image)).toBeGreaterThan(200);
		}
	});

	test('JSON is a tree that unfolds', async ({ page }) => {
		await page.goto('/');
		const rail = await openRail(page);
		await rail.getByRole('link', { name: 'profile.json', exact: true }).click();
		const dialog = page.getByRole('dialog', { name: 'profile.json' });
		const root = dialog.getByRole('button', { name: /keys? }/ }).first();
		await expect(root).toHaveAttribute('aria-expanded', 'true');
		const folded = dialog.getByRole('button', { expanded: false }).first();
		const count = await dialog.getByRole('button', { name: /keys? }|items? \]/ }).count();
		await folded.click();
		await expect
			.poll(() => dialog.getByRole('button', { name: /keys? }|items? \]/ }).count())
			.not.toBe(count);
		await root.click();
		await expect(root).toHaveAttribute('aria-expanded', 'false');
	});

	test('a table shows its first thousand rows and more on demand', async ({ page }) => {
		await page.goto('/');
		const rail = await openRail(page);
		await rowAction(rail, `Preview ${NAME}`);
		const dialog = page.getByRole('dialog', { name: NAME });
		await expect(dialog.getByRole('columnheader', { name: 'precipitation' })).toBeVisible();
		await expect(dialog.getByText('First 1,000 rows')).toBeVisible();
		await expect(dialog.getByRole('row')).toHaveCount(1001);
		await dialog.getByRole('button', { name: 'Load more' }).click();
		await expect(dialog.getByText('1,461 rows, 6 columns')).toBeVisible();
		await expect(dialog.getByRole('row')).toHaveCount(1462);
	});

	test('a download has the bytes whose digest the preview shows', async ({ page }) => {
		await page.goto('/');
		const rail = await openRail(page);
		await rail.getByRole('link', { name: 'summary.csv', exact: true }).click();
		const dialog = page.getByRole('dialog', { name: 'summary.csv' });
		const shown = dialog
			.getByRole('complementary', { name: 'Provenance' })
			.getByText(/^[0-9a-f]{64}$/);
		const [download] = await Promise.all([
			page.waitForEvent('download'),
			dialog.getByRole('link', { name: 'Download' }).click()
		]);
		expect(download.suggestedFilename()).toBe('summary.csv');
		const bytes = await readFile(await download.path());
		await expect(shown).toHaveText(sha256(bytes));
	});

	test('all of a run comes as one zip', async ({ page }) => {
		await page.goto('/');
		const rail = await openRail(page);
		const [download] = await Promise.all([
			page.waitForEvent('download'),
			rail.getByRole('link', { name: /^Download all of run/ }).click()
		]);
		expect(download.suggestedFilename()).toMatch(/\.zip$/);
		const bytes = await readFile(await download.path());
		expect(bytes.subarray(0, 2).toString()).toBe('PK');
		expect(bytes.includes('report.md')).toBe(true);
	});

	test('an artifact is saved to the Library with its provenance', async ({ page }) => {
		await page.goto('/');
		const rail = await openRail(page);
		await rowAction(rail, 'Save report.md to Library');
		await expect(page.getByText('Saved to the Library as “report.md”.')).toBeVisible();
		const saved = rail.getByRole('checkbox', { name: /report\.md/ });
		await expect(saved).toBeVisible();
		await rowAction(rail, 'Preview report.md');
		const provenance = page.getByRole('complementary', { name: 'Provenance' });
		await expect(provenance).toContainText('From run');
		await expect(provenance).toContainText('writer');
		await expect(provenance).toContainText('report.md, version 1');
		await page.keyboard.press('Escape');
		// The second time it is the same file, not another one.
		await rowAction(rail, 'Save report.md to Library');
		await expect(page.getByText('Already in the Library as “report.md”.')).toBeVisible();
		const [file] = (await ownFiles(page)).filter((f) => f.origin);
		expect(file?.origin).toMatchObject({ filename: 'report.md', agent_id: 'writer' });
	});

	test('an artifact is deleted only after a yes', async ({ page }) => {
		await page.goto('/');
		const rail = await openRail(page);
		const row = rail.getByRole('link', { name: 'summary.csv', exact: true });
		await expect(row).toBeVisible();
		await rowAction(rail, 'Delete summary.csv');
		const question = page.getByRole('dialog', { name: 'Delete this artifact?' });
		await question.getByRole('button', { name: 'Cancel' }).click();
		await expect(row).toBeVisible();
		await rowAction(rail, 'Delete summary.csv');
		await question.getByRole('button', { name: 'Delete' }).click();
		await expect(row).toHaveCount(0);
		await page.reload();
		await openRail(page);
		await expect(rail.getByRole('link', { name: 'report.md', exact: true })).toBeVisible();
		await expect(row).toHaveCount(0);
	});
});

test('what was made is still there after the server was restarted', async ({ page }) => {
	let server = await startServer();
	try {
		await page.goto(server.url);
		const rail = await openRail(page);
		await upload(page, WEATHER);
		await rail.getByRole('checkbox', { name: new RegExp(NAME) }).check();
		await page.getByLabel('Directive').fill('Keep this');
		await page.keyboard.press('Control+Enter');
		await expect(rail.getByRole('link', { name: 'report.md', exact: true })).toBeVisible({
			timeout: 150_000
		});
		await expect(page.getByRole('region', { name: 'Workflow' })).toContainText('4/4 done');
		await server.stop();

		server = await startServer({ storageRoot: server.storageRoot });
		// Another port: cookies do not tell ports apart, so the browser is the same client.
		await page.goto(server.url);
		await openRail(page);
		await expect(rail.getByRole('checkbox', { name: new RegExp(NAME) })).toBeVisible();
		await expect(rail.getByRole('group').getByText('Keep this')).toBeVisible();
		await rail.getByRole('link', { name: 'report.md', exact: true }).click();
		await expect(
			page.getByRole('dialog', { name: 'report.md' }).getByRole('table').first()
		).toBeVisible();
	} finally {
		await page.close();
		await server.dispose();
	}
});

/** Row actions show while their row is pointed at. */
async function rowAction(rail: Locator, name: string): Promise<void> {
	const action = rail
		.getByRole('button', { name, exact: true })
		.or(rail.getByRole('link', { name, exact: true }));
	await action.hover();
	await action.click();
}

interface Listed {
	origin: { filename: string; agent_id: string } | null;
}

/** The Library of the client that the page's cookie names now. */
async function ownFiles(page: {
	request: { get(url: string): Promise<{ json(): Promise<unknown> }> };
}) {
	const answer = await page.request.get('/runtime/library');
	return ((await answer.json()) as { files: Listed[] }).files;
}
