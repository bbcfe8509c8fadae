import { readFile } from 'node:fs/promises';
import type { ApiClient } from '../support/api';
import {
	expect,
	finishedRun,
	openRail,
	railOf,
	test,
	useTheme,
	WEATHER,
	hadTour
} from '../support/page';
import { expectTappable, expectTidy } from '../support/looks';

/** Both themes have the same room for everything; their colours are looked at elsewhere. */
const SCREENS = [
	{ width: 360, height: 740, theme: 'phosphor' },
	{ width: 1440, height: 900, theme: 'archival' }
] as const;
const LONG = `${'a-very-long-name-that-goes-on-'.repeat(7).slice(0, 196)}.csv`;
const ARABIC = 'تقرير المبيعات ٢٠٢٤.csv';
const MIXED = 'Übersicht 東京 😀 (Kopie).csv';

/** One run for each worker: the tests only look at it. */
let made: { key: string; run: string } | null = null;

async function provide(api: ApiClient): Promise<{ key: string; run: string }> {
	const weather = await readFile(WEATHER);
	await api.put('seattle-weather.csv', weather);
	for (const name of [LONG, ARABIC, MIXED]) await api.put(name, weather.subarray(0, 2000));
	const run = await finishedRun(
		api,
		['seattle-weather.csv'],
		`${'Donaudampfschifffahrt'.repeat(12)} and words`
	);
	return { key: api.key, run };
}

for (const { theme, ...viewport } of SCREENS)
	test(`nothing overflows and nothing is tiny at ${viewport.width} px (${theme})`, async ({
		page,
		context,
		server,
		api
	}) => {
		made ??= await provide(api);
		await context.addCookies([{ name: 'raro_session_id', value: made.key, url: server.url }]);
		await useTheme(page, server.url, theme);
		await page.setViewportSize(viewport);
		for (const address of [
			'/',
			`/?run=${made.run}`,
			'/runs',
			`/runs/${made.run}`,
			'/workflows',
			'/workflows/data-profile'
		]) {
			await page.goto(address);
			await expect(page.getByRole('heading', { level: 1 })).toBeAttached();
			await expectTidy(page, address);
		}
		await page.goto('/');
		const rail = await openRail(page);
		await expectTidy(page, 'the rail');
		for (const name of [LONG, ARABIC, MIXED]) {
			const box = await rail.getByText(name, { exact: true }).first().boundingBox();
			expect(box?.width).toBeGreaterThan(40);
			expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(viewport.width);
			await rail.getByRole('checkbox', { name }).check();
		}
		await expectTidy(page, 'long names attached');
		const report = rail.getByRole('link', { name: 'report.md', exact: true });
		await report.click();
		const dialog = page.getByRole('dialog', { name: 'report.md' });
		await expect(dialog.getByRole('heading', { level: 1 })).toBeVisible();
		await expectTidy(page, 'the report');
		const box = await dialog.boundingBox();
		expect(box?.x).toBeGreaterThanOrEqual(0);
		expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(viewport.width);
		await dialog.getByRole('button', { name: 'Close' }).click();
		await page.goto('/');
		const settings = page.getByRole('complementary', { name: 'Settings' });
		if (!(await settings.isVisible())) await page.getByRole('link', { name: 'Settings' }).click();
		await expect(settings).toBeVisible();
		await expectTidy(page, 'the settings');
	});

test('the rail is a drawer over the page at 360 px', async ({ page }) => {
	await page.setViewportSize({ width: 360, height: 740 });
	await page.goto('/');
	const deck = page.getByRole('region', { name: 'Control deck' });
	const before = await deck.boundingBox();
	const rail = await openRail(page);
	const heading = rail.getByRole('heading', { name: 'Environment' });
	expect((await rail.locator('.panel').boundingBox())?.width).toBeLessThan(360);
	expect(await deck.boundingBox()).toEqual(before);
	await expect(rail.getByRole('button', { name: 'Keep the rail open' })).toBeHidden();
	await page.mouse.click(355, 400);
	await expect(heading).toBeHidden();
	await openRail(page);
	await rail.getByRole('button', { name: 'Close the rail' }).click();
	await expect(heading).toBeHidden();
});

test('the main job fits on a telephone', async ({ browser, server }) => {
	const context = await browser.newContext({
		baseURL: server.url,
		viewport: { width: 360, height: 740 },
		hasTouch: true,
		isMobile: true
	});
	await hadTour(context);
	const page = await context.newPage();
	await page.goto('/');
	const sample = railOf(page).getByRole('checkbox', { name: /coffee-shop-sales\.csv/ });
	// The drawer opens by scripts: a tap before they came does nothing.
	await expect(async () => {
		if (!(await sample.isVisible())) await railOf(page).getByRole('button', { name: /^ENV/ }).tap();
		await sample.tap({ timeout: 3000 });
		await expect(sample).toBeChecked({ timeout: 1000 });
	}).toPass();
	await expectTappable(page, 'the rail');
	await page.touchscreen.tap(355, 400);
	await expectTappable(page, 'the console');
	await page.getByLabel('Directive').fill('What sells best?');
	await page.getByRole('button', { name: 'RUN', exact: true }).tap();
	await expect(page.getByRole('region', { name: 'Workflow' })).toContainText('4/4 done', {
		timeout: 150_000
	});
	await railOf(page).getByRole('button', { name: /^ENV/ }).tap();
	await expectTappable(page, 'the rail with artifacts');
	await railOf(page).getByRole('link', { name: 'report.md', exact: true }).tap();
	await expect(
		page.getByRole('dialog', { name: 'report.md' }).getByRole('table').first()
	).toBeVisible();
	await expectTidy(page, 'the report on a telephone');
	await page.getByRole('button', { name: 'Save to Library' }).tap();
	await expect(page.getByText('Saved to the Library as “report.md”.')).toBeVisible();
	await expectTappable(page, 'a preview');
	await context.close();
});

test('at 200 % zoom, beside the open rail, the header has all it leads to', async ({ page }) => {
	await page.setViewportSize({ width: 720, height: 450 });
	await page.goto('/');
	await openRail(page);
	await expect(page.getByRole('button', { name: 'Commands' })).toBeInViewport({ ratio: 1 });
	await expect(page.getByRole('link', { name: 'Settings' })).toBeInViewport({ ratio: 1 });
	await page.getByRole('link', { name: 'Settings' }).click();
	await expect(page.getByRole('complementary', { name: 'Settings' })).toBeInViewport();
});

test('where the system chooses the colours one sees what is chosen', async ({ page }) => {
	await page.emulateMedia({ forcedColors: 'active' });
	await page.goto('/');
	const rail = await openRail(page);
	const file = rail.getByRole('checkbox', { name: /coffee-shop/ });
	const lamp = () => file.evaluate((e) => getComputedStyle(e).appearance);
	expect(await lamp()).toBe('auto');
	const background = (name: string) =>
		page
			.getByRole('navigation', { name: 'Main' })
			.getByRole('link', { name })
			.evaluate((e) => getComputedStyle(e).backgroundColor);
	expect(await background('Console')).not.toBe(await background('Runs'));
});
