import { newClient } from '../support/api';
import { expectAccessible, expectTidy } from '../support/looks';
import { writeRuns } from '../support/many-runs';
import { expect, test, THEMES, useTheme } from '../support/page';

/** A run that waits for a person before it does anything. */
const WAITS = {
	id: 'waits',
	name: 'Waits',
	agents: [{ id: 'asker', model: 'builtin:analyst', prompt: 'Ask.', requires_approval: true }],
	user_directive: 'Wait for me'
};
const CSV = 'x,y\n1,2\n3,4\n5,9\n';

test('without any run, the page starts one', async ({ page }) => {
	await page.goto('/runs');
	await expect(page.getByText('No runs yet')).toBeVisible();
	await expect(page.getByRole('search')).toHaveCount(0);
	await page.getByRole('main').getByRole('link', { name: 'Start one' }).click();
	await expect(page.getByLabel('Directive')).toBeVisible();
});

test('one run: live while it works, then what it took; and it can be deleted', async ({
	page,
	api
}) => {
	await api.put('a.csv', CSV);
	const run = await api.start({
		id: 'data-profile',
		user_directive: 'Look closely',
		attached_files: ['a.csv']
	});
	await page.goto('/runs');
	const row = page.getByRole('row').filter({ hasText: 'Look closely' });
	await expect(row.getByRole('button', { name: /^Stop run/ })).toBeVisible();
	await expect(row).toContainText('Done', { timeout: 150_000 });
	await expect(row).toContainText('4/4');
	await row.getByRole('link', { name: /^Re-run/ }).click();
	await expect(page.getByRole('button', { name: 'Re-run', exact: true })).toBeVisible();
	await page.goBack();
	await row.getByRole('button', { name: /^Delete run/ }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
	await expect(page.getByText('No runs yet')).toBeVisible();
	expect((await api.fetch(`/runtime/state?run_id=${run}`)).status).toBe(404);
});

test('one that waits is asked about only while it is active and the page is seen', async ({
	page,
	api,
	server
}) => {
	writeRuns(server.storageRoot, api.clientId, 3);
	const asked: string[] = [];
	page.on('request', (request) => {
		if (request.url().includes('/runtime/runs?')) asked.push(request.url());
	});
	await page.clock.install();
	await page.goto('/runs');
	await expect(page.getByText('3 runs', { exact: true })).toBeVisible();
	await expect(page.getByText('9,240 tokens · ≥ $')).toBeVisible();
	await page.clock.runFor(60_000);
	expect(asked).toEqual([]);

	const run = await api.start(WAITS);
	await expect.poll(async () => (await api.state(run)).status).toBe('awaiting_approval');
	await page.goto('/runs');
	const row = page.getByRole('row').filter({ hasText: 'Wait for me' });
	await expect(row).toContainText('Needs you');
	await page.evaluate(() => {
		Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
		document.dispatchEvent(new Event('visibilitychange'));
	});
	await page.clock.runFor(60_000);
	expect(asked).toEqual([]);
	await api.fetch(`/runtime/${run}/stop`, { method: 'POST' });
	await page.evaluate(() => {
		Reflect.deleteProperty(document, 'visibilityState');
		document.dispatchEvent(new Event('visibilitychange'));
	});
	await expect(row).toContainText('Stopped');
	const before = asked.length;
	await page.clock.runFor(60_000);
	expect(asked).toHaveLength(before);
});

test('by keyboard: a run is deleted, and the focus goes on to the next', async ({
	page,
	api,
	server
}) => {
	const [first, second] = writeRuns(server.storageRoot, api.clientId, 3);
	await page.goto('/runs');
	const remove = page.getByRole('button', { name: `Delete run ${first?.slice(0, 8)}` });
	await remove.press('Enter');
	await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).press('Enter');
	await expect(page.getByText(`Deleted run ${first?.slice(0, 8)}.`)).toBeVisible();
	await expect(page.locator(`[data-run="${second}"]`)).toBeFocused();
	await expect(page.getByText('2 runs', { exact: true })).toBeVisible();
});

test('a run is stopped and resumed from the list', async ({ page, api }) => {
	await api.put('a.csv', CSV);
	await api.start({ id: 'data-profile', user_directive: 'Stop me', attached_files: ['a.csv'] });
	await page.goto('/runs');
	const row = page.getByRole('row').filter({ hasText: 'Stop me' });
	await row.getByRole('button', { name: /^Stop run/ }).click();
	await expect(row).toContainText('Stopped');
	await row.getByRole('button', { name: /^Resume run/ }).click();
	await expect(row).toContainText('Done', { timeout: 150_000 });
	await expect(page).toHaveURL(/\/runs$/);
});

test('500 runs: loaded by and by, few rows drawn, by keyboard', async ({ page, api, server }) => {
	writeRuns(server.storageRoot, api.clientId, 500);
	await page.goto('/runs');
	await expect(page.getByText('50 runs so far')).toBeVisible();
	const more = page.getByRole('button', { name: 'Load more' });
	for (const count of [250, 450, 500]) {
		await more.click();
		await expect(page.getByText(new RegExp(`^${count} runs`))).toBeVisible();
	}
	await expect(more).toHaveCount(0);
	expect(await page.locator('[data-run]').count()).toBeLessThan(80);
	// A key that comes while rows are being drawn may be for nothing.
	await expect(async () => {
		await page.keyboard.press('End');
		await expect(page.getByRole('link', { name: /#499$/ })).toBeVisible({ timeout: 2000 });
	}).toPass();
	const first = page.getByRole('link', { name: /#0$/ });
	await expect(async () => {
		await page.keyboard.press('Home');
		await expect(first).toBeInViewport({ timeout: 2000 });
	}).toPass();
	await first.focus();
	await page.keyboard.press('x');
	const later = page.getByRole('link', { name: /#40$/ });
	// A key that comes before the next rows are drawn is for nothing.
	await expect
		.poll(
			async () => {
				await page.keyboard.press('ArrowDown');
				return page.evaluate(() => document.activeElement?.textContent?.endsWith('#40'));
			},
			{ intervals: [10] }
		)
		.toBe(true);
	await expect(later).toBeInViewport();
	await page.keyboard.press('x');
	await expect(page.getByText('2 of 2')).toBeVisible();
	await expect(page.getByRole('link', { name: 'Compare' })).toHaveAttribute(
		'href',
		/^\/runs\/compare\?a=[0-9a-f-]{36}&b=[0-9a-f-]{36}$/
	);
});

test('filters narrow the list down as one types, and live in the address', async ({
	page,
	api,
	server
}) => {
	writeRuns(server.storageRoot, api.clientId, 120);
	await page.goto('/runs');
	const search = page.getByLabel('Search');
	await search.pressSequentially('churn', { delay: 20 });
	await expect(page).toHaveURL(/\?q=churn$/);
	await expect(page.getByText('30 runs', { exact: true })).toBeVisible();
	await expect(search).toBeFocused();
	await page.getByLabel('Status').selectOption({ label: 'Failed' });
	await expect(page).toHaveURL(/status=failed/);
	await expect(page.getByText('6 runs', { exact: true })).toBeVisible();
	await page.reload();
	await expect(page.getByLabel('Status')).toHaveValue('failed');
	await expect(page.getByText('6 runs', { exact: true })).toBeVisible();
	await search.fill('nothing like that');
	await expect(page.getByText('No run matches')).toBeVisible();
	await expect(page.getByText('“nothing like that” · Failed')).toBeVisible();
	await page.goBack();
	await expect(page.getByText('6 runs', { exact: true })).toBeVisible();
	await expect(search).toHaveValue('churn');
	await page.goBack();
	await expect(page.getByLabel('Status')).toHaveValue('');
	await expect(page.getByText('30 runs', { exact: true })).toBeVisible();
	await page.goForward();
	await page.goForward();
	await page.getByRole('link', { name: 'Show all runs' }).click();
	await expect(search).toHaveValue('');
	await expect(page.getByText('50 runs so far')).toBeVisible();
});

test('the search keeps what is typed while its answers come', async ({ page, api, server }) => {
	writeRuns(server.storageRoot, api.clientId, 20);
	await page.goto('/runs');
	const search = page.getByLabel('Search');
	await search.fill('churn ');
	await expect(page).toHaveURL(/\?q=churn$/);
	await expect(page.getByText('5 runs', { exact: true })).toBeVisible();
	await expect(search).toHaveValue('churn ');

	// An answer that is held back until more is typed, which waits for its time.
	let answer: () => void = () => undefined;
	const held = new Promise<void>((resolve) => (answer = resolve));
	await page.route(/__data\.json\?.*q=nothing&/, async (route) => {
		await held;
		await route.continue();
	});
	const asked = page.waitForRequest(/q=nothing&/);
	await search.fill('nothing');
	await asked;
	await page.clock.install();
	await page.clock.pauseAt(Date.now() + 10_000);
	await search.fill('nothing else');
	answer();
	await expect(page.getByText('“nothing”')).toBeVisible();
	await expect(search).toHaveValue('nothing else');
	await page.clock.runFor(1000);
	await expect(page).toHaveURL(/\?q=nothing\+else$/);
	await page.clock.resume();

	await page.getByRole('link', { name: 'Clear', exact: true }).click();
	await expect(search).toHaveValue('');
	await page.goBack();
	await expect(search).toHaveValue('nothing else');
});

test('two runs are chosen over filters, the older one first; a deleted one is not', async ({
	page,
	api,
	server
}) => {
	const [newest, second, spare, third, oldest] = writeRuns(server.storageRoot, api.clientId, 5);
	await page.goto('/runs');
	const box = (id = '') => page.getByLabel(`Compare run ${id.slice(0, 8)}`);
	await box(newest).check();
	await page.getByRole('button', { name: `Delete run ${newest?.slice(0, 8)}` }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
	await expect(page.getByText('Choose two')).toBeVisible();

	// Also where it is deleted from elsewhere than its row.
	await box(spare).check();
	await expect(page.getByText('1 of 2')).toBeVisible();
	await page.keyboard.press('Control+k');
	await page
		.getByRole('dialog', { name: 'Commands' })
		.getByRole('combobox')
		.fill(`Delete run ${spare?.slice(0, 8)}`);
	await page.getByRole('option', { name: /^Delete run/ }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
	await expect(page.getByText('Choose two')).toBeVisible();

	// The one is no longer in sight when the other is chosen.
	await page.getByLabel('Status').selectOption({ label: 'Stopped' });
	await expect(page.getByText('1 run', { exact: true })).toBeVisible();
	await box(oldest).check();
	await page.getByLabel('Status').selectOption({ label: 'Failed' });
	await expect(box(third)).toBeVisible();
	await page.getByLabel('Status').selectOption({ label: 'Done' });
	await box(second).check();
	await expect(page.getByText('2 of 2')).toBeVisible();
	await expect(page.getByRole('link', { name: 'Compare', exact: true })).toHaveAttribute(
		'href',
		`/runs/compare?a=${oldest}&b=${second}`
	);
});

for (const theme of THEMES)
	test(`the list is accessible and fits, wide and narrow (${theme})`, async ({
		page,
		api,
		server
	}) => {
		writeRuns(server.storageRoot, api.clientId, 8);
		await useTheme(page, server.url, theme);
		for (const width of [1440, 360]) {
			await page.setViewportSize({ width, height: 800 });
			await page.goto('/runs');
			await expect(page.getByText('8 runs', { exact: true })).toBeVisible();
			await page
				.getByRole('checkbox', { name: /^Compare run/ })
				.first()
				.check();
			await expectAccessible(page, `runs at ${width}`);
			await expectTidy(page, `runs at ${width}`);
		}
	});

test.describe('without JavaScript', () => {
	test.use({ javaScriptEnabled: false });

	test('the list is filtered, turned, and a run is deleted after a question', async ({
		page,
		api,
		server
	}) => {
		const [newest] = writeRuns(server.storageRoot, api.clientId, 60);
		// Somebody else's stay out of sight.
		writeRuns(server.storageRoot, (await newClient(server.url)).clientId, 3);
		await page.goto('/runs');
		await expect(page.locator('[data-run]')).toHaveCount(50);
		await page.getByRole('link', { name: 'Older' }).click();
		await expect(page.locator('[data-run]')).toHaveCount(10);
		await page.getByLabel('Status').selectOption({ label: 'Stopped' });
		await page.getByRole('button', { name: 'Filter' }).click();
		await expect(page.locator('[data-run]')).toHaveCount(12);
		await page.goto('/runs');
		await page.getByRole('button', { name: `Delete run ${newest?.slice(0, 8)}` }).click();
		await expect(page.getByRole('heading', { name: /^Delete run/ })).toBeVisible();
		await page.getByRole('button', { name: 'Delete', exact: true }).click();
		await expect(page.getByRole('button', { name: 'Filter' })).toBeVisible();
		await expect(page.locator(`[data-run="${newest}"]`)).toHaveCount(0);
	});

	test('a run is stopped, resumed and re-run from its row', async ({ page, api }) => {
		const run = await api.start(WAITS);
		await expect.poll(async () => (await api.state(run)).status).toBe('awaiting_approval');
		const id = run.slice(0, 8);
		await page.goto('/runs');
		await page.getByRole('button', { name: `Stop run ${id}` }).click();
		await expect(page).toHaveURL(`/runs/${run}`);
		await expect.poll(async () => (await api.state(run)).status).toBe('cancelled');
		await page.goto('/runs');
		await page.getByRole('link', { name: `Re-run ${id} with changes` }).click();
		await page.getByRole('main').getByText('Re-run with changes').click();
		await expect(page.getByRole('button', { name: 'Re-run', exact: true })).toBeVisible();
		await page.goto('/runs');
		await page.getByRole('button', { name: `Resume run ${id}` }).click();
		await expect(page).toHaveURL(`/runs/${run}`);
		await expect.poll(async () => (await api.state(run)).status).toBe('awaiting_approval');
		// What the list does not know yet: the run is active, and cannot be deleted.
		const answer = await page.request.post('/runs?/remove', {
			form: { run_id: run, confirmed: '1' },
			headers: { accept: 'text/html', origin: new URL(page.url()).origin }
		});
		expect(answer.status()).toBe(409);
		expect(await answer.text()).toContain('The run is still active. Stop it before deleting it.');
	});
});
