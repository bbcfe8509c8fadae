import { readFile } from 'node:fs/promises';
import {
	expect,
	openRail,
	quickRun,
	railOf,
	test,
	THEMES,
	useTheme,
	WEATHER
} from '../support/page';
import { expectAccessible, tabTo } from '../support/looks';

const NAME = 'seattle-weather.csv';

for (const theme of THEMES) {
	test(`axe finds nothing serious before, during and after a run (${theme})`, async ({
		page,
		api,
		server
	}) => {
		// Fourteen looks at the page, each of which takes its time on a busy machine.
		test.slow();
		await useTheme(page, server.url, theme);
		await api.put(NAME, await readFile(WEATHER));
		await page.goto('/');
		await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
		await expectAccessible(page, 'the empty console');
		const rail = await openRail(page);
		await rail.getByRole('checkbox', { name: NAME }).check();
		await expectAccessible(page, 'the console with its rail open');
		await page.getByLabel('Directive').fill('What drives wind?');
		await page.getByRole('button', { name: 'RUN', exact: true }).click();
		await expect(page.getByRole('button', { name: 'STOP', exact: true })).toBeVisible();
		await expectAccessible(page, 'the console during a run');
		await expect(page.getByRole('region', { name: 'Workflow' })).toContainText('4/4 done', {
			timeout: 150_000
		});
		await page.getByText('execute_', { exact: false }).first().click();
		await expectAccessible(page, 'the console after a run');

		for (const name of [/^\S+\.png$/, 'report.md', 'profile.json', 'summary.csv']) {
			await rail.getByRole('link', { name, exact: true }).first().click();
			const dialog = page.getByRole('dialog');
			await expect(dialog.getByText('SHA-256')).toBeVisible();
			await expect(dialog.getByText('Loading…')).toHaveCount(0);
			await expect(dialog.locator('img, table, h1, button[aria-expanded]').first()).toBeVisible();
			await expectAccessible(page, `the preview of ${name}`);
			await page.keyboard.press('Escape');
			await expect(dialog).toHaveCount(0);
		}
		const remove = rail.getByRole('button', { name: 'Delete summary.csv' });
		await remove.hover();
		await remove.click();
		await expect(page.getByRole('dialog')).toBeVisible();
		await expectAccessible(page, 'a question');
		await page.keyboard.press('Escape');

		const run = new URL(page.url()).searchParams.get('run') ?? '';
		for (const address of ['/runs', `/runs/${run}`, '/workflows', '/workflows/data-profile']) {
			await page.goto(address);
			await expectAccessible(page, address);
		}
	});

	test(`axe finds nothing serious on a narrow screen and on an error page (${theme})`, async ({
		page,
		api,
		server,
		conduct
	}) => {
		conduct.allow(/404/);
		await api.library();
		await useTheme(page, server.url, theme);
		await page.setViewportSize({ width: 360, height: 740 });
		await page.goto('/');
		await expectAccessible(page, 'the console');
		await openRail(page);
		await expectAccessible(page, 'the drawer');
		await page.keyboard.press('Escape');
		await page.getByRole('link', { name: 'Settings' }).click();
		await expect(page.getByRole('complementary', { name: 'Settings' })).toBeVisible();
		await expectAccessible(page, 'the settings');
		expect((await page.goto('/nowhere'))?.status()).toBe(404);
		await expectAccessible(page, 'the error page');
	});
}

test('the main job is done by keyboard alone', async ({ page, api }) => {
	await api.put(NAME, await readFile(WEATHER));
	await page.goto('/');
	const rail = railOf(page);
	await page.keyboard.press('Tab');
	await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
	// The strip unfolds by coming to it.
	await tabTo(page, rail.locator('[data-strip]'));
	await expect(rail.getByRole('heading', { name: 'Environment' })).toBeVisible();
	await tabTo(page, rail.getByRole('checkbox', { name: NAME }));
	await page.keyboard.press('Space');
	await expect(rail.getByRole('checkbox', { name: NAME })).toBeChecked();
	await tabTo(page, page.getByLabel('Directive'));
	await expect(rail.getByRole('heading', { name: 'Environment' })).toBeHidden();
	await page.keyboard.type('What drives wind?');
	await page.keyboard.press('Control+Enter');
	const stop = page.getByRole('button', { name: 'STOP', exact: true });
	await expect(stop).toBeVisible();
	await expect(page.getByRole('region', { name: 'Workflow' })).toContainText('4/4 done', {
		timeout: 150_000
	});

	// The report, by keyboard: into the rail, open it, look at it, back to where one was.
	await tabTo(page, rail.locator('[data-strip]'), 'Shift+Tab');
	const report = rail.getByRole('link', { name: 'report.md', exact: true });
	await tabTo(page, report);
	await page.keyboard.press('Enter');
	const dialog = page.getByRole('dialog', { name: 'report.md' });
	await expect(dialog.getByRole('heading', { level: 1 })).toBeVisible();
	await tabTo(page, dialog.getByRole('button', { name: 'Save to Library' }));
	await page.keyboard.press('Enter');
	await expect(dialog.getByText('Saved to the Library as “report.md”.')).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(dialog).toHaveCount(0);
	await expect(report).toBeFocused();
	await page.keyboard.press('Escape');
	await expect(rail.getByRole('heading', { name: 'Environment' })).toBeHidden();
	await expect(rail.locator('[data-strip]')).toBeFocused();
	expect((await api.library()).map((f) => f.name)).toContain('report.md');
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
	await api.put(NAME, await readFile(WEATHER));
	const run = await quickRun(api, [NAME]);
	await page.goto(`/?run=${run}`);
	await page
		.getByRole('group', { name: 'Agents' })
		.getByRole('link', { name: /quality/ })
		.click();
	await expect(page.getByRole('article', { name: 'quality' })).toBeInViewport();
	await expect(page.getByRole('article', { name: 'quality' })).toBeFocused();
});
