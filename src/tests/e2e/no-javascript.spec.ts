import type { Locator, Page } from '@playwright/test';
import { apiOf, expect, quickRun, railOf, test } from '../support/page';

test.use({ javaScriptEnabled: false });

/** Opens the console with its rail unfolded, which without scripts hovering does. */
async function openConsole(page: Page, address = '/'): Promise<Locator> {
	await page.goto(address);
	return unfold(page);
}

async function unfold(page: Page): Promise<Locator> {
	const rail = railOf(page);
	await rail.hover({ position: { x: 10, y: 200 } });
	await expect(rail.getByRole('heading', { name: 'Environment' })).toBeVisible();
	return rail;
}

async function press(rail: Locator, name: string | RegExp): Promise<void> {
	const button = rail.getByRole('button', { name, exact: typeof name === 'string' });
	await button.hover();
	await button.click();
}

const csv = (name: string, rows = 40) => ({
	name,
	mimeType: 'text/csv',
	buffer: Buffer.from(
		`day,city,visits\n${Array.from({ length: rows }, (_, n) => `2024-01-${String((n % 28) + 1).padStart(2, '0')},${n % 2 ? 'Oslo' : 'Rome'},${n * 3 + (n % 7)}`).join('\n')}\n`
	)
});

async function uploadForm(
	page: Page,
	rail: Locator,
	files: ReturnType<typeof csv>[]
): Promise<void> {
	await rail.getByLabel('Files', { exact: true }).setInputFiles(files);
	await rail.getByRole('button', { name: 'Upload' }).click();
	await expect(page.getByRole('status').filter({ hasText: 'Added' })).toBeVisible();
}

test('upload, attach, start, refresh until done, save and delete', async ({
	page,
	context,
	server
}) => {
	let rail = await openConsole(page);
	await uploadForm(page, rail, [csv('visits.csv')]);
	rail = await unfold(page);
	await rail.getByRole('checkbox', { name: /visits\.csv/ }).check();
	await page.getByLabel('Directive').fill('Which city gets more visits?');
	await page.getByRole('button', { name: 'RUN', exact: true }).click();
	await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}$/);
	const run = page.url().split('/').at(-1) ?? '';
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Which city gets more visits?');

	await expect(async () => {
		const refresh = page.getByRole('link', { name: 'Refresh' });
		if (await refresh.isVisible()) await refresh.click();
		await expect(page.getByRole('button', { name: 'Delete', exact: true })).toBeVisible({
			timeout: 1000
		});
	}).toPass({ timeout: 150_000 });
	await expect(page.getByRole('article', { name: 'writer' })).toContainText('Done');

	rail = await openConsole(page);
	await press(rail, 'Save report.md to Library');
	await expect(page.getByText('Saved to the Library as “report.md”.')).toBeVisible();
	const api = await apiOf(context, server.url);
	expect((await api.library()).find((f) => f.name === 'report.md')?.origin?.run_id).toBe(run);

	rail = await unfold(page);
	await press(rail, 'Delete summary.csv');
	await expect(
		page.getByRole('heading', { name: 'Delete the artifact “summary.csv”?' })
	).toBeVisible();
	expect((await api.artifacts(run)).artifacts.map((a) => a.filename)).toContain('summary.csv');
	await page.getByRole('main').getByRole('button', { name: 'Delete' }).click();
	await expect(page.getByText('Deleted “summary.csv”.')).toBeVisible();
	expect((await api.artifacts(run)).artifacts.map((a) => a.filename)).not.toContain('summary.csv');
});

test('rename and delete a library file, after a yes', async ({ page, api }) => {
	await api.put('first.csv', 'a,b\n1,2\n');
	let rail = await openConsole(page);
	const pencil = rail.getByLabel('Rename first.csv');
	await pencil.hover();
	await pencil.click();
	await rail.getByLabel('New name for first.csv').fill('second.csv');
	await rail.getByRole('button', { name: 'Rename', exact: true }).click();
	await expect(page.getByText('“first.csv” is now “second.csv”.')).toBeVisible();

	rail = await unfold(page);
	await press(rail, 'Delete second.csv');
	await expect(
		page.getByRole('heading', { name: 'Delete “second.csv” from the Library?' })
	).toBeVisible();
	await page.getByRole('main').getByRole('link', { name: 'Cancel' }).click();
	rail = await unfold(page);
	await expect(rail.getByText('second.csv').first()).toBeVisible();
	await press(rail, 'Delete second.csv');
	await page.getByRole('main').getByRole('button', { name: 'Delete' }).click();
	await expect(page.getByText('Deleted “second.csv”.')).toBeVisible();
	expect((await api.library()).map((f) => f.name)).not.toContain('second.csv');
});

test('pin, extend, delete a run’s artifacts and clear old runs', async ({ page, api }) => {
	await api.put('visits.csv', csv('visits.csv').buffer);
	const run = await quickRun(api, ['visits.csv']);
	let rail = await openConsole(page);
	const before = (await api.artifacts(run)).expires_at ?? '';
	await press(rail, /^Keep run .* 7 days longer$/);
	await expect(page.getByText(/are kept for a week longer\./)).toBeVisible();
	expect(Date.parse((await api.artifacts(run)).expires_at ?? '')).toBeGreaterThan(
		Date.parse(before)
	);

	rail = await unfold(page);
	await press(rail, /^Pin run/);
	await expect(page.getByText(/are kept until you unpin them\./)).toBeVisible();
	expect((await api.artifacts(run)).pinned).toBe(true);
	rail = await unfold(page);
	await press(rail, /^Unpin run/);
	await expect(page.getByText(/expire again\./)).toBeVisible();

	rail = await unfold(page);
	await rail.getByText('Clear old runs').click();
	await rail.getByLabel('Older than').fill('24');
	await rail.getByRole('button', { name: 'Clear', exact: true }).click();
	await expect(page.getByRole('heading', { name: 'Clear old runs?' })).toBeVisible();
	await page.getByRole('main').getByRole('button', { name: 'Clear old runs' }).click();
	await expect(page.getByText('No run was old enough.')).toBeVisible();

	rail = await unfold(page);
	await press(rail, /^Delete the artifacts of run/);
	await expect(page.getByRole('heading', { name: /^Delete the artifacts of run/ })).toBeVisible();
	await page.getByRole('main').getByRole('button', { name: 'Delete' }).click();
	await expect(page.getByText(/^Deleted the artifacts of run/)).toBeVisible();
	expect((await api.fetch(`/runtime/artifacts/${run}`)).status).toBe(410);
});

test('stop a run', async ({ page, api }) => {
	await page.goto('/');
	await page.getByLabel('Directive').fill('Stop me');
	await unfold(page);
	await railOf(page)
		.getByRole('checkbox', { name: /coffee-shop-sales\.csv/ })
		.check();
	await page.getByRole('button', { name: 'RUN', exact: true }).click();
	const run = page.url().split('/').at(-1) ?? '';
	await page.getByRole('button', { name: 'Stop', exact: true }).click();
	await api.events(run);
	await page.reload();
	expect((await api.state(run)).status).toBe('cancelled');
	await expect(
		page.getByText('The run was stopped. What it had made by then is kept.')
	).toBeVisible();
});

test('a directive that cannot start comes back with the reason', async ({ page, conduct }) => {
	conduct.allow(/422/);
	await page.goto('/');
	await page.getByRole('button', { name: 'RUN', exact: true }).click();
	await expect(
		page.getByRole('alert').filter({ hasText: 'There is nothing to work on yet' })
	).toBeVisible();
});

test('theme and client key', async ({ page, api }) => {
	await page.setViewportSize({ width: 1024, height: 768 });
	await page.goto('/');
	await page.getByRole('button', { name: 'Switch to the Phosphor theme' }).click();
	await expect(page.locator('html')).toHaveAttribute('data-theme', 'phosphor');
	await page.getByRole('link', { name: 'Settings' }).click();
	await page.getByRole('button', { name: 'Show the client key' }).click();
	await expect(page.getByLabel('Client key', { exact: true })).toHaveValue(api.key);
	// What needs scripts is not offered.
	await expect(page.getByRole('button', { name: 'Show the shortcuts' })).toBeHidden();
	await page.getByRole('link', { name: 'Close settings' }).click();
	await expect(page.getByRole('complementary', { name: 'Settings' })).toBeHidden();
	await page.goto('/runs');
	await expect(page.locator('html')).toHaveAttribute('data-theme', 'phosphor');
});
