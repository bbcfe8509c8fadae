import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import Database from 'better-sqlite3';
import { expectAccessible, expectTidy } from '../support/looks';
import {
	expect,
	openRail,
	quickRun,
	railOf,
	test,
	THEMES,
	useTheme,
	waitForScripts,
	WEATHER
} from '../support/page';
import { startServer } from '../support/server';

const NAME = 'seattle-weather.csv';

const palette = (page: Page) => page.getByRole('dialog', { name: 'Commands' });
const shortcuts = (page: Page) => page.getByRole('dialog', { name: 'Keyboard shortcuts' });

/** What can be pressed and lies, wholly or in part, beneath a notification. */
function beneathToasts(page: Page): Promise<string[]> {
	return page.evaluate(() => {
		const toasts = [...document.querySelectorAll('[data-toast]')].map((e) =>
			e.getBoundingClientRect()
		);
		const covered = (box: DOMRect) =>
			toasts.some(
				(toast) =>
					box.left < toast.right &&
					box.right > toast.left &&
					box.top < toast.bottom &&
					box.bottom > toast.top
			);
		return [...document.querySelectorAll<HTMLElement>('a, button, select, textarea, input')]
			.filter((e) => !e.closest('[data-toasts]') && e.checkVisibility({ visibilityProperty: true }))
			.filter((e) => covered(e.getBoundingClientRect()))
			.map((e) => e.outerHTML.slice(0, 120));
	});
}

/** Does something by keyboard alone: opens the palette, types, presses Enter on what it finds. */
async function command(page: Page, words: string, title: string | RegExp): Promise<void> {
	await page.keyboard.press('Control+k');
	const search = palette(page).getByRole('combobox');
	await expect(search).toBeFocused();
	await page.keyboard.type(words);
	const option = palette(page).getByRole('option', { name: title, selected: true });
	await expect(option).toBeVisible();
	await page.keyboard.press('Enter');
	await expect(palette(page)).toHaveCount(0);
}

test('what is typed while the palette still comes is meant for it, and for nothing else', async ({
	page
}) => {
	await page.goto('/');
	let release = (): void => undefined;
	const held = new Promise<void>((resolve) => (release = resolve));
	await page.route(/\/_app\/.*\.js$/, async (route) => {
		await held;
		await route.continue();
	});
	await page.getByLabel('Directive').focus();
	const asked = page.waitForRequest(/\/_app\/.*\.js$/);
	await page.keyboard.press('Control+k');
	await page.keyboard.type('Go to the r');
	await asked;
	release();
	await expect(palette(page).getByRole('combobox')).toHaveValue('Go to the r');
	await page.keyboard.type('uns');
	const option = palette(page).getByRole('option', { name: 'Go to the runs', selected: true });
	await expect(option).toBeVisible();
	await expect(page.getByLabel('Directive')).toHaveValue('');
});

test('the palette attaches, runs, opens and saves, by keyboard alone', async ({ page, api }) => {
	await api.put(NAME, await readFile(WEATHER));
	await page.goto('/');
	await command(page, 'attach weather', `Attach ${NAME}`);
	await expect(page.getByRole('list', { name: 'Attached files' })).toContainText(NAME);
	await command(page, 'write dir', 'Write a directive');
	await expect(page.getByLabel('Directive')).toBeFocused();
	await page.keyboard.type('What drives wind?');
	await command(page, 'run', /^Run/);
	await expect(page.getByRole('button', { name: 'STOP', exact: true })).toBeVisible();
	await command(page, 'stop', 'Stop the run');
	await expect(page.getByRole('button', { name: 'RUN', exact: true })).toBeVisible();
	const run = new URL(page.url()).searchParams.get('run') ?? '';
	expect((await api.state(run)).status).toBe('cancelled');

	// What the server has stored is found too, and what was used last comes first.
	await command(page, run.slice(0, 8), new RegExp(`Open run ${run.slice(0, 8)}: What drives wind`));
	await expect(page).toHaveURL(new RegExp(`/runs/${run}$`));
	await command(page, 'open data profile', /^Open workflow/);
	await expect(page).toHaveURL(/\/workflows\/data-profile$/);
	await page.keyboard.press('Control+k');
	await expect(palette(page).getByRole('group', { name: 'Recent' })).toContainText('Open workflow');
	await page.keyboard.press('Escape');
	await expect(palette(page)).toHaveCount(0);
});

test('a run that is steered from the palette takes nothing from what one writes', async ({
	page,
	api
}) => {
	await api.put(NAME, await readFile(WEATHER));
	await page.goto('/');
	await command(page, 'attach weather', `Attach ${NAME}`);
	await page.getByLabel('Directive').fill('Half a thought');
	const run = await api.start({ id: 'data-profile', attached_files: [NAME] });
	const id = run.slice(0, 8);
	const refreshed = page.waitForResponse((answer) => answer.url().endsWith('/runtime/library'));
	await command(page, `stop run ${id}`, `Stop run ${id}`);
	await expect(page.getByText(`Stopping run ${id}.`)).toBeVisible();
	await refreshed;
	await expect(page.getByLabel('Directive')).toHaveValue('Half a thought');
	await expect(page.getByRole('list', { name: 'Attached files' })).toContainText(NAME);
});

test('the palette previews and saves what a run made', async ({ page, api }) => {
	await api.put(NAME, await readFile(WEATHER));
	const run = await quickRun(api, [NAME]);
	await page.goto(`/?run=${run}`);
	await command(page, 'preview quality.md', /^Preview quality\.md/);
	await expect(page.getByRole('dialog', { name: 'quality.md' })).toBeVisible();
	await page.keyboard.press('Escape');
	await command(page, 'save quality.md', /^Save quality\.md to the Library/);
	await expect(page.getByText('Saved to the Library as “quality.md”.')).toBeVisible();
	expect((await api.library()).map((f) => f.name)).toContain('quality.md');

	// From step to step.
	await page.keyboard.press('j');
	await expect(page.locator('#step-profiler')).toBeFocused();
	await page.keyboard.press('j');
	await expect(page.locator('#step-quality')).toBeFocused();
	await page.keyboard.press('k');
	await expect(page.locator('#step-profiler')).toBeFocused();
});

test('shortcuts work, but never while one types, and single keys can be switched off', async ({
	page
}) => {
	await page.goto('/');
	await page.keyboard.press('r');
	const directive = page.getByLabel('Directive');
	await expect(directive).toBeFocused();
	await page.keyboard.type('g r ? [ ] / j k');
	await expect(directive).toHaveValue('g r ? [ ] / j k');
	await expect(page).toHaveURL(/\/$/);
	await expect(shortcuts(page)).toHaveCount(0);
	await directive.blur();

	await page.keyboard.press('[');
	const rail = railOf(page);
	await expect(rail.getByRole('heading', { name: 'Environment' })).toBeVisible();
	await page.keyboard.press('[');
	await expect(rail.getByRole('heading', { name: 'Environment' })).toBeHidden();
	const settings = page.getByRole('complementary', { name: 'Settings' });
	await expect(settings).toBeVisible();
	await page.keyboard.press(']');
	await expect(settings).toBeHidden();
	await page.keyboard.press(']');
	await expect(settings).toBeVisible();

	await page.keyboard.press('g');
	await page.keyboard.press('w');
	await expect(page).toHaveURL(/\/workflows$/);
	await expect(page.getByRole('heading', { name: 'Workflows', level: 1 })).toBeVisible();
	await page.keyboard.press('?');
	await expect(shortcuts(page)).toContainText('Go to the runs');
	await shortcuts(page).getByRole('checkbox', { name: 'Single-key shortcuts' }).uncheck();
	await page.keyboard.press('Escape');
	await expect(shortcuts(page)).toHaveCount(0);
	await page.reload();
	await page.keyboard.press('?');
	await page.keyboard.press('g');
	await page.keyboard.press('c');
	// Chords stay; once the palette is there, the keys before it have done nothing.
	await command(page, 'keyboard', 'Show the keyboard shortcuts');
	await expect(page).toHaveURL(/\/workflows$/);
	await expect(shortcuts(page)).toContainText('Single keys are switched off');
});

for (const theme of THEMES)
	test(`the palette and the shortcuts are accessible and fit 360 px (${theme})`, async ({
		page,
		server
	}) => {
		await useTheme(page, server.url, theme);
		for (const width of [1440, 360]) {
			await page.setViewportSize({ width, height: 740 });
			await page.goto('/');
			await page.getByRole('button', { name: 'Commands' }).click();
			await expect(palette(page).getByRole('option').first()).toBeVisible();
			await expectAccessible(page, `the palette at ${width} px`);
			await expectTidy(page, `the palette at ${width} px`);
			await page.keyboard.press('Escape');
			await expect(palette(page)).toHaveCount(0);
			await expect(page.getByRole('button', { name: 'Commands' })).toBeFocused();
			await page.keyboard.press('?');
			await expect(shortcuts(page)).toBeVisible();
			await expectAccessible(page, `the shortcuts at ${width} px`);
			await expectTidy(page, `the shortcuts at ${width} px`);
		}
	});

test('what happened is said once, with the way to it, and can be taken back', async ({
	page,
	api
}) => {
	await page.goto('/');
	const file = (name: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from('a\n1\n') });
	await railOf(page)
		.locator('input[type=file]')
		.setInputFiles([file('one.csv'), file('two.csv')]);
	const said = page.getByRole('group', { name: 'Notification' });
	await expect(said).toHaveText(/Added 2 files to the Library/);
	for (const width of [1440, 1024, 360]) {
		await page.setViewportSize({ width, height: 900 });
		await said.hover({ position: { x: 5, y: 5 } });
		expect(await beneathToasts(page), `at ${width} px`).toEqual([]);
	}
	await page.setViewportSize({ width: 1440, height: 900 });
	await said.getByRole('button', { name: 'Show' }).click();
	await expect(railOf(page).getByRole('checkbox', { name: /one\.csv/ })).toBeFocused();

	const run = await quickRun(api, ['one.csv']);
	await page.goto(`/?run=${run}`);
	await command(page, 'save quality.md', /^Save quality\.md to the Library/);
	await said.getByRole('button', { name: 'Undo' }).click();
	await expect
		.poll(async () => (await api.library()).map((f) => f.name))
		.not.toContain('quality.md');

	const deck = page.getByRole('region', { name: 'Control deck' });
	await deck.getByLabel('Directive').fill('What is in it?');
	await page.keyboard.press('Control+Enter');
	const link = said.filter({ hasText: 'was started' }).getByRole('link', { name: 'Its page' });
	await expect(link).toHaveAttribute('href', /^\/runs\/[0-9a-f-]{36}$/);
	await link.click();
	await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}$/);
});

test('a notification waits for who reads it, and the keyboard comes to it and back', async ({
	page
}) => {
	await page.clock.install();
	await page.goto('/');
	const add = (name: string) =>
		railOf(page)
			.locator('input[type=file]')
			.setInputFiles([{ name, mimeType: 'text/csv', buffer: Buffer.from('a\n1\n') }]);
	await add('one.csv');
	const said = page.getByRole('group', { name: 'Notification' });
	await expect(page.getByRole('status').filter({ has: said })).toContainText('Added “one.csv”');
	await said.hover();
	await page.clock.fastForward(60_000);
	await expect(said).toBeVisible();
	await page.getByLabel('Directive').hover();
	await expect(async () => {
		await page.clock.fastForward(10_001);
		await expect(said).toHaveCount(0, { timeout: 500 });
	}).toPass();

	await add('two.csv');
	await expect(said).toBeVisible();
	await page.getByRole('link', { name: 'Raro' }).focus();
	await page.keyboard.press('n');
	await expect(said.getByRole('button', { name: 'Show' })).toBeFocused();
	// A pointer that comes by and leaves takes nothing from who reads by keyboard.
	await said.hover();
	await page.getByLabel('Directive').hover();
	await page.clock.fastForward(60_000);
	await page.keyboard.press('Tab');
	await page.keyboard.press('Enter');
	await expect(said).toHaveCount(0);
	await expect(page.getByRole('link', { name: 'Raro' })).toBeFocused();
});

test('what is done on the page of a run is said where one is', async ({ page, api }) => {
	await api.put(NAME, await readFile(WEATHER));
	const run = await quickRun(api, [NAME]);
	await page.goto(`/runs/${run}`);
	const said = page.getByRole('group', { name: 'Notification' });
	await command(page, 'save quality.md', /^Save quality\.md/);
	await expect(said.getByRole('link', { name: 'Open' })).toHaveAttribute(
		'href',
		'/runtime/library/files/quality.md'
	);
	await command(page, 'pin', /^Pin the artifacts/);
	await expect(said.filter({ hasText: 'are kept until you unpin them' })).toBeVisible();
	await page.getByRole('button', { name: 'Delete quality.md' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
	await expect(said.filter({ hasText: 'Deleted “quality.md”.' })).toBeVisible();
	await expect(page.getByRole('button', { name: 'Delete quality.md' })).toHaveCount(0);
});

test('pages fade into each other, but not for who wants no motion', async ({ page }) => {
	await page.addInitScript(() => {
		const real = document.startViewTransition.bind(document);
		const faded = { count: 0 };
		Object.assign(window, { faded });
		document.startViewTransition = (update) => {
			faded.count += 1;
			return real(update);
		};
	});
	const fades = () => page.evaluate(() => Object(Reflect.get(window, 'faded')).count as unknown);
	await page.goto('/runs');
	await page.getByRole('link', { name: 'Workflows', exact: true }).click();
	await expect(page.getByRole('heading', { name: 'Workflows', level: 1 })).toBeVisible();
	expect(await fades()).toBe(1);
	await page.emulateMedia({ reducedMotion: 'reduce' });
	await page.getByRole('link', { name: 'Runs', exact: true }).click();
	await expect(page.getByRole('heading', { name: 'Runs', level: 1 })).toBeVisible();
	expect(await fades()).toBe(1);
});

test.describe('what is empty', () => {
	test('on a fresh console starts a sample, or the first directive', async ({ page }) => {
		await page.goto('/');
		await page.getByRole('link', { name: 'Try a sample' }).click();
		await expect(page.getByLabel('Directive')).toHaveValue(/coffee shop/);
		await expect(page.getByRole('list', { name: 'Attached files' })).toContainText('coffee-shop');
		await page.goto('/');
		const rail = await openRail(page);
		await rail.getByRole('button', { name: 'Write a directive' }).click();
		await expect(page.getByLabel('Directive')).toBeFocused();
	});

	test('among runs, workflows and what was looked for leads on', async ({ page }) => {
		await page.goto('/runs');
		await page.getByRole('link', { name: 'Start one' }).click();
		await expect(page.getByLabel('Directive')).toBeVisible();
		await page.goto('/workflows');
		await page.getByRole('link', { name: 'Draw a workflow' }).click();
		await expect(page).toHaveURL(/\/workflows\/new$/);
		await page.goto('/runs?q=nothing+like+it');
		await expect(page.getByText('No run matches')).toBeVisible();
		await command(page, 'zebra crossing', 'Search all runs for “zebra crossing”');
		await expect(page).toHaveURL(/\/runs\?q=zebra\+crossing$/);
		await page.getByRole('link', { name: 'Show all runs' }).click();
		await expect(page).toHaveURL(/\/runs$/);
	});

	test('in the Library takes a file', async ({ browser }) => {
		const server = await startServer();
		try {
			// Not even the samples are there.
			const db = new Database(path.join(server.storageRoot, 'raro.db'));
			db.prepare("delete from library_files where client_id = 'public'").run();
			db.close();
			const page = await browser.newPage({ baseURL: server.url });
			waitForScripts(page);
			await page.addInitScript(() => localStorage.setItem('raro.tour', 'seen'));
			await page.goto('/');
			const asked = page.waitForEvent('filechooser');
			await page.getByRole('button', { name: 'Upload files' }).click();
			await asked;
			const rail = await openRail(page);
			const chooser = page.waitForEvent('filechooser');
			await rail.getByRole('button', { name: 'Choose files' }).click();
			const file = { name: 'first.csv', mimeType: 'text/csv', buffer: Buffer.from('a\n1\n') };
			await (await chooser).setFiles(file);
			await expect(rail.getByRole('checkbox', { name: /first\.csv/ })).toBeVisible();
		} finally {
			await server.dispose();
		}
	});
});

test.describe('who is new here', () => {
	test.use({ tour: true });

	const TITLES = ['Your files', 'What you want to know', 'Start the team', 'Watch them work'];

	for (const width of [1440, 360])
		test(`is shown around once, by keyboard, with nothing moving (${width} px)`, async ({
			page
		}) => {
			await page.emulateMedia({ reducedMotion: 'reduce' });
			await page.setViewportSize({ width, height: 740 });
			await page.goto('/');
			for (const title of TITLES) {
				const card = page.getByRole('dialog', { name: title });
				const on = title === TITLES.at(-1) ? 'Start' : 'Next';
				await expect(card.getByRole('button', { name: on, exact: true })).toBeFocused();
				const box = await card.boundingBox();
				expect(box?.x).toBeGreaterThanOrEqual(0);
				expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
				if (title === TITLES[0]) await expectAccessible(page, 'the tour');
				await page.keyboard.press('Enter');
			}
			await expect(page.getByRole('dialog')).toHaveCount(0);
			await expect(page.getByLabel('Directive')).toBeFocused();

			// Not again by itself, but whenever it is asked for, from any page; Escape gives the focus back.
			await page.goto('/runs');
			await command(page, 'tour', 'Take the tour');
			await expect(page.getByRole('dialog', { name: 'Your files' })).toBeVisible();
			await page.keyboard.press('Escape');
			await expect(page.getByRole('dialog')).toHaveCount(0);
			await page.getByRole('button', { name: 'Commands' }).focus();
			await page.keyboard.press('?');
			await shortcuts(page).getByRole('button', { name: 'Take the tour' }).press('Enter');
			await expect(page.getByRole('dialog').getByRole('button', { name: 'Next' })).toBeFocused();
			await page.keyboard.press('Escape');
			await expect(page.getByRole('button', { name: 'Commands' })).toBeFocused();
		});

	test('ends the tour by working elsewhere, and is left alone with work done', async ({
		page,
		api
	}) => {
		await page.goto('/');
		await expect(page.getByRole('dialog', { name: 'Your files' })).toBeVisible();
		await page.getByLabel('Directive').click();
		await expect(page.getByRole('dialog')).toHaveCount(0);
		await page.keyboard.type('What is in it?');
		await expect(page.getByLabel('Directive')).toHaveValue('What is in it?');

		await api.put(NAME, await readFile(WEATHER));
		await quickRun(api, [NAME]);
		await page.evaluate(() => localStorage.clear());
		await page.goto('/');
		await expect(page.getByRole('dialog')).toHaveCount(0);
		expect(await page.evaluate(() => localStorage.getItem('raro.tour'))).toBeNull();
	});
});
