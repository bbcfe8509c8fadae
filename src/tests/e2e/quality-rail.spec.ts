import type { Locator, Page, Response } from '@playwright/test';
import { newClient } from '../support/api';
import { expectAccessible, tabTo } from '../support/looks';
import { expect, openRail, railOf, test as base } from '../support/page';
import { writePast } from '../support/past';
import { startServer, type TestServer } from '../support/server';

const RUNS = 500;
const FILES = 300;

const PROFILER = {
	id: 'profiler',
	model: 'builtin:analyst',
	prompt: 'Profile the files: write profile.json and summary.csv.',
	tools: ['list_files', 'execute_javascript']
};

let key: string;

/** A server whose one client has a long past. */
const test = base.extend<object, { server: TestServer }>({
	server: [
		// eslint-disable-next-line no-empty-pattern -- Playwright wants a pattern here
		async ({}, use) => {
			const empty = await startServer();
			const { storageRoot } = empty;
			const client = await newClient(empty.url);
			await client.put('numbers.csv', 'day,visits\n1,3\n2,5\n3,8\n');
			await empty.stop();
			key = client.key;
			const past = { runs: RUNS, artifactsOfEach: 20, libraryFiles: FILES };
			writePast(storageRoot, client.clientId, past);
			const server = await startServer({ storageRoot });
			await use(server);
			await server.dispose();
		},
		{ scope: 'worker' }
	]
});

test.beforeEach(({ context, server }) =>
	context.addCookies([{ name: 'raro_session_id', value: key, url: server.url }])
);

const nodesIn = (element: Locator) => element.evaluate((e) => e.querySelectorAll('*').length);
const files = (rail: Locator) => rail.getByRole('list', { name: 'Library files' });
const groups = (rail: Locator) => rail.getByRole('list', { name: 'Runs with artifacts' });

/** Scrolls the rail to its very end, as far as that moves while rows get their real heights. */
async function scrollToEnd(page: Page): Promise<void> {
	const scroller = page.locator('[data-scroller]');
	await expect
		.poll(() =>
			scroller.evaluate((e) => {
				const before = e.scrollTop;
				e.scrollTop = e.scrollHeight;
				return e.scrollTop - before;
			})
		)
		.toBe(0);
}

test('a rail of 500 runs with 20 artifacts each keeps few of them in the page', async ({
	page
}) => {
	await page.goto('/');
	const rail = await openRail(page);
	// The page brings the newest; the rest follows.
	await expect(rail.locator('[data-strip]')).toHaveAccessibleName(/10,000 artifacts/);
	await expect(rail.getByText('These are the newest of')).toHaveCount(0);
	const item = files(rail).getByRole('listitem').first();
	await expect(item).toHaveAttribute('aria-setsize', /^30\d$/);
	await expect(item).toHaveAttribute('aria-posinset', '1');
	expect(await nodesIn(rail)).toBeLessThan(2500);
	await expectAccessible(page, 'the beginning of a long rail');

	await scrollToEnd(page);
	await expect(rail.getByText('Question 1', { exact: true })).toBeInViewport();
	const last = groups(rail).getByRole('listitem').last();
	await expect(last).toHaveAttribute('aria-posinset', String(RUNS));
	expect(await nodesIn(rail)).toBeLessThan(2500);
	await expectAccessible(page, 'the end of a long rail');

	// What was unfolded stays so when it scrolls away and comes back.
	await rail.getByText('Question 1', { exact: true }).click();
	await expect(rail.getByRole('link', { name: 'note-1-1.md', exact: true })).toBeVisible();
	await page.getByLabel('Directive').focus();
	await page.locator('[data-scroller]').evaluate((e) => (e.scrollTop = 0));
	await expect(rail.getByText('Question 1', { exact: true })).toHaveCount(0);
	await scrollToEnd(page);
	await expect(rail.getByRole('link', { name: 'note-1-20.md', exact: true })).toBeVisible();
});

test('search finds the artifacts of the oldest run, and the filters still work', async ({
	page
}) => {
	await page.goto('/');
	const rail = await openRail(page);
	await expect(rail.locator('[data-strip]')).toHaveAccessibleName(/10,000 artifacts/);
	await rail.getByLabel('Search artifacts').fill('note-1-7.md');
	await expect(groups(rail).getByText(/^Question/)).toHaveText(['Question 1']);
	const found = rail.getByRole('link', { name: 'note-1-7.md', exact: true });
	await expect(found).toBeVisible();
	await found.click();
	await expect(page.getByRole('dialog', { name: 'note-1-7.md' })).toContainText('One of many.');
	await page.keyboard.press('Escape');
	await rail.getByLabel('Search artifacts').fill('');
	await expect(rail.getByText(`Question ${RUNS}`, { exact: true })).toBeVisible();
	await rail.getByRole('button', { name: 'Last 24 h' }).click();
	await expect(groups(rail).getByRole('listitem').first()).toBeVisible();
});

test('a command about a file far down the Library finds its row, also when that is folded', async ({
	page
}) => {
	await page.goto('/');
	const rail = await openRail(page);
	await rail.getByRole('button', { name: /^Library files/ }).click();
	await expect(files(rail)).toBeHidden();
	await page.keyboard.press('Control+k');
	await page.keyboard.type('rename shelf-250');
	const found = page.getByRole('option', { name: 'Rename shelf-250.md', selected: true });
	await expect(found).toBeVisible();
	await page.keyboard.press('Enter');
	const name = rail.getByLabel('New name for shelf-250.md');
	await expect(name).toBeFocused();
	await expect(name).toBeInViewport();
	expect(await nodesIn(rail)).toBeLessThan(2500);
});

test('Tab walks the library in its order, also through rows that were not there', async ({
	page
}) => {
	await page.goto('/');
	const rail = await openRail(page);
	await expect(rail.locator('[data-strip]')).toHaveAccessibleName(/10,000 artifacts/);
	const box = (n: number) =>
		rail.getByRole('checkbox', { name: `shelf-${String(n).padStart(3, '0')}.md` });
	await box(1).focus();
	// A checkbox and its actions for each file, far beyond what is in sight at first.
	for (let n = 2; n <= 16; n++) await tabTo(page, box(n));
	await expect(box(16)).toBeInViewport();
	await page.keyboard.press('Space');
	await expect(box(16)).toBeChecked();

	// What is chosen stays chosen, and the focus stays, when both have scrolled out of sight.
	await scrollToEnd(page);
	await expect(box(16)).toBeFocused();
	await tabTo(page, box(17));
	await expect(page.getByText('1 file linked to the next run')).toBeAttached();
});

test('without scripts the page has the newest runs and says how many there are', async ({
	browser,
	server
}) => {
	const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: false });
	await context.addCookies([{ name: 'raro_session_id', value: key, url: server.url }]);
	const page = await context.newPage();
	const answer = await page.goto('/');
	expect((await answer?.body())?.length).toBeLessThan(1_500_000);
	const rail = railOf(page);
	await rail.hover({ position: { x: 10, y: 200 } });
	await expect(rail.getByText(`Question ${RUNS}`, { exact: true })).toBeVisible();
	await expect(rail.getByText(`the newest of ${RUNS} runs`)).toBeVisible();
	expect(await nodesIn(rail)).toBeLessThan(15_000);
	await expect(files(rail).getByRole('listitem')).toHaveCount(60);
	await rail.getByRole('link', { name: /^Show all \d+ files$/ }).click();
	await rail.hover({ position: { x: 10, y: 200 } });
	await expect(rail.getByRole('checkbox', { name: `shelf-${FILES}.md` })).toBeAttached();
	await context.close();
});

// The last one: it adds to the past.
test('a run that ends costs the rail its own artifacts, not those of all runs', async ({
	page,
	api
}) => {
	await api.json('/runtime/workflows/short', {
		method: 'PUT',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ id: 'short', name: 'Short', agents: [PROFILER] })
	});
	await page.goto('/?workflow=short');
	const rail = await openRail(page);
	await expect(rail.locator('[data-strip]')).toHaveAccessibleName(/10,000 artifacts/);
	await rail.getByRole('checkbox', { name: 'numbers.csv' }).check();
	const answers = new Map<string, Response>();
	page.on('response', (response) => {
		const { pathname } = new URL(response.url());
		if (pathname.startsWith('/runtime/')) answers.set(pathname, response);
	});
	await page.getByRole('button', { name: 'RUN', exact: true }).click();
	await expect(page).toHaveTitle(/Done/, { timeout: 150_000 });
	const run = new URL(page.url()).searchParams.get('run') ?? '';
	// Until when they are kept is what only the server knows.
	await expect.poll(() => [...answers.keys()]).toContain(`/runtime/artifacts/${run}`);
	expect((await answers.get(`/runtime/artifacts/${run}`)?.body())?.length).toBeLessThan(20_000);
	await page.waitForLoadState('networkidle');
	expect([...answers.keys()]).not.toContain('/runtime/artifacts');
	expect([...answers.keys()]).not.toContain('/runtime/library');
});
