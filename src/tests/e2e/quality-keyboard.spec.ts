import type { FileChooser, Page } from '@playwright/test';
import { expectVisibleFocus, tabTo } from '../support/looks';
import { expect, quickRun, railOf, test } from '../support/page';

const NUMBERS = `day,visits\n${Array.from({ length: 30 }, (_, n) => `2024-03-${String(n + 1).padStart(2, '0')},${n * 3}`).join('\n')}\n`;
const PROFILER = {
	id: 'profiler',
	model: 'builtin:analyst',
	prompt: 'Profile the files: write profile.json and summary.csv.',
	tools: ['list_files', 'execute_javascript']
};

/** More stops than any of these pages has. */
const MANY = 200;

/* Nothing here clicks, and nothing moves the focus but keys. */

/** Where Tab stops on its way through the whole page, until it leaves it; each stop can be seen. */
async function walk(page: Page): Promise<string[]> {
	const stops: string[] = [];
	for (let presses = 0; presses < MANY; presses++) {
		await page.keyboard.press('Tab');
		const stop = await page.evaluate(() => {
			const { activeElement: e } = document;
			if (!(e instanceof HTMLElement) || e === document.body) return null;
			e.dataset.stop ??= String(document.querySelectorAll('[data-stop]').length);
			return e.dataset.stop;
		});
		if (stop === null) break;
		// A date has several stops in one.
		if (stop === stops.at(-1)) continue;
		stops.push(stop);
		await expectVisibleFocus(page);
	}
	return stops;
}

test('the main job is done by keyboard alone', async ({ page, api }) => {
	const chosen = new Promise<FileChooser>((resolve) => page.once('filechooser', resolve));
	await api.json('/runtime/workflows/short', {
		method: 'PUT',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ id: 'short', name: 'Short', agents: [PROFILER] })
	});
	await page.goto('/');
	const rail = railOf(page);
	const heading = rail.getByRole('heading', { name: 'Environment' });
	await page.keyboard.press('Tab');
	await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();

	// The strip unfolds by coming to it; a file comes from the disk.
	await tabTo(page, rail.locator('[data-strip]'));
	await expect(heading).toBeVisible();
	await tabTo(page, rail.locator('input[type=file]'));
	await page.keyboard.press('Enter');
	const buffer = Buffer.from(NUMBERS);
	await (await chosen).setFiles({ name: 'numbers.csv', mimeType: 'text/csv', buffer });
	const box = rail.getByRole('checkbox', { name: 'numbers.csv' });
	await expect(box).toBeVisible();
	await tabTo(page, box);
	await page.keyboard.press('Space');
	await expect(box).toBeChecked();

	// What to do, by which workflow, go.
	await tabTo(page, page.getByLabel('Directive'));
	await expect(heading).toBeHidden();
	await page.keyboard.type('Which day?');
	const workflow = page.getByRole('combobox', { name: 'Workflow' });
	await tabTo(page, workflow);
	await page.keyboard.type('Short');
	await expect(workflow).toHaveValue('short');
	await tabTo(page, page.getByRole('button', { name: 'RUN', exact: true }));
	await page.keyboard.press('Enter');
	await expect(page).toHaveTitle(/Done/, { timeout: 150_000 });

	// What came of it: read, and kept.
	const agents = page.getByRole('group', { name: 'Agents' });
	await tabTo(page, agents.getByRole('link', { name: /profiler/ }), 'Shift+Tab');
	await page.keyboard.press('Enter');
	const article = page.getByRole('article', { name: 'profiler' });
	await expect(article).toBeFocused();
	await expect(article).toContainText('summary.csv');
	await tabTo(page, article.getByRole('link', { name: /summary\.csv/ }).first());
	await page.keyboard.press('Enter');
	const dialog = page.getByRole('dialog', { name: 'summary.csv' });
	await expect(dialog.getByRole('table')).toBeVisible();
	await tabTo(page, dialog.getByRole('button', { name: 'Save to Library' }));
	await page.keyboard.press('Enter');
	await expect(dialog.getByText('Saved to the Library as “summary.csv”.')).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(dialog).toHaveCount(0);
	await expect(article.getByRole('link', { name: /summary\.csv/ }).first()).toBeFocused();
	expect((await api.library()).map((file) => file.name)).toContain('summary.csv');
});

test('the rail is gone through by keyboard, and gives the focus back', async ({ page, api }) => {
	await api.put('numbers.csv', NUMBERS);
	const run = await quickRun(api, ['numbers.csv']);
	await page.goto(`/?run=${run}`);
	const rail = railOf(page);
	await tabTo(page, rail.locator('[data-strip]'));
	const file = rail.getByRole('link', { name: 'quality.md', exact: true });
	await tabTo(page, file);
	await page.keyboard.press('Enter');
	const dialog = page.getByRole('dialog', { name: 'quality.md' });
	await expect(dialog.getByRole('heading', { level: 1 })).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(dialog).toHaveCount(0);
	await expect(file).toBeFocused();
	await page.keyboard.press('Escape');
	await expect(rail.getByRole('heading', { name: 'Environment' })).toBeHidden();
	await expect(rail.locator('[data-strip]')).toBeFocused();
});

test('a run that waits is stopped by keyboard alone', async ({ page, api }) => {
	await api.put('numbers.csv', NUMBERS);
	const run = await api.start({
		id: 'guarded',
		name: 'Guarded',
		agents: [{ ...PROFILER, requires_approval: true }],
		attached_files: ['numbers.csv']
	});
	await page.goto(`/?run=${run}`);
	await page.keyboard.press('Tab');
	await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
	await page.keyboard.press('Enter');
	await tabTo(page, page.getByRole('button', { name: 'STOP', exact: true }));
	await page.keyboard.press('Enter');
	await expect(page).toHaveTitle(/Stopped/);
	expect((await api.state(run)).status).toBe('cancelled');
});

test('Tab goes through every page and out of it again, in sight at every stop', async ({
	page,
	api
}) => {
	await api.put('numbers.csv', NUMBERS);
	const run = await quickRun(api, ['numbers.csv']);
	await api.json('/runtime/workflows/short', {
		method: 'PUT',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ id: 'short', name: 'Short', agents: [PROFILER] })
	});
	for (const address of ['/', `/runs/${run}`, '/runs', '/workflows/short/edit']) {
		await page.goto(address);
		const stops = await walk(page);
		expect(stops.length, address).toBeGreaterThan(8);
		// Neither a trap nor a circle.
		expect(new Set(stops).size, address).toBe(stops.length);
		expect(await page.evaluate(() => document.activeElement?.tagName), address).toBe('BODY');
	}
});

test('Escape closes the settings and gives the focus back', async ({ page }) => {
	await page.setViewportSize({ width: 900, height: 700 });
	await page.goto('/');
	const opener = page.getByRole('link', { name: 'Settings' });
	await tabTo(page, opener);
	await page.keyboard.press('Enter');
	const settings = page.getByRole('complementary', { name: 'Settings' });
	await expect(settings).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(settings).toBeHidden();
	await expect(opener).toBeFocused();
});

test('a chosen agent is brought into sight', async ({ page, api }) => {
	await api.put('numbers.csv', NUMBERS);
	const run = await quickRun(api, ['numbers.csv']);
	await page.goto(`/?run=${run}`);
	await page
		.getByRole('group', { name: 'Agents' })
		.getByRole('link', { name: /quality/ })
		.click();
	await expect(page.getByRole('article', { name: 'quality' })).toBeInViewport();
	await expect(page.getByRole('article', { name: 'quality' })).toBeFocused();
});
