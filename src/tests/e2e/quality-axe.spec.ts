import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/looks';
import { expect, openRail, THEMES, type Theme } from '../support/page';
import type { Scenes } from '../support/scenes';
import { become, test } from '../support/scenes-page';

// What is fetched later does not fade in: in the middle of that no colour is what it will be.
test.use({ contextOptions: { reducedMotion: 'reduce' } });

interface State {
	/** What one sees. */
	name: string;
	at: string | ((runs: Scenes['runs']) => string);
	who?: 'api' | 'newcomer' | 'crowd';
	width?: number;
	/** What is done there before it is looked at. */
	then?: (page: Page) => Promise<unknown>;
	/** The status of the page. */
	status?: number;
}

const PHONE = 360;
const preview = (name: string, part: string) => async (page: Page) => {
	const rail = await openRail(page);
	const open = new RegExp(`^(Preview )?${name}$`);
	await rail.getByRole('link', { name: open }).first().click();
	const dialog = page.getByRole('dialog', { name });
	await expect(dialog.getByText('SHA-256')).toBeVisible();
	await expect(dialog.locator(part).first()).toBeVisible();
};
const commands = (page: Page) => page.getByRole('button', { name: 'Commands' });
const timeline = async (page: Page) => {
	await page.getByRole('tab', { name: 'Timeline' }).click();
	await expect(page.getByRole('list', { name: 'Timeline' })).toBeVisible();
};
const search = async (page: Page) => {
	await page.getByLabel('Search in this run').fill('south');
	await expect(page.getByText(/^\d+(\/\d+)?$/).first()).toBeVisible();
};
const waits = (page: Page) => expect(page.getByRole('region', { name: 'Needs you' })).toBeVisible();
const card = (page: Page, id: string) =>
	page.getByRole('region', { name: 'Canvas' }).locator(`[aria-label="Agent ${id}"]`);

/** Every page in every state. */
const STATES: Record<string, State[]> = {
	'the console': [
		{ name: 'empty', at: '/', who: 'newcomer' },
		{ name: 'with its rail open', at: '/', then: openRail },
		{
			name: 'with files attached',
			at: '/?workflow=own',
			then: async (page) =>
				(await openRail(page)).getByRole('checkbox', { name: /^visits/ }).check()
		},
		{ name: 'of a running run', at: ({ running }) => `/?run=${running}` },
		{ name: 'of a waiting run', at: ({ waiting }) => `/?run=${waiting}`, then: waits },
		{ name: 'of a failed run', at: ({ failed }) => `/?run=${failed}` },
		{ name: 'of a finished run', at: ({ done }) => `/?run=${done}` },
		{
			name: 'with the form to run again',
			at: ({ done }) => `/?run=${done}`,
			then: (page) => page.getByText('Re-run with changes').first().click()
		},
		{
			name: 'with a tool call unfolded',
			at: ({ done }) => `/?run=${done}`,
			then: (page) => page.getByText('write_file').first().click()
		},
		{
			name: 'with a question',
			at: ({ done }) => `/?run=${done}`,
			then: async (page) => {
				const rail = await openRail(page);
				await rail.getByRole('button', { name: 'Delete visits.csv' }).click();
				await expect(page.getByRole('dialog')).toBeVisible();
			}
		},
		{
			name: 'with the palette',
			at: ({ done }) => `/?run=${done}`,
			then: async (page) => {
				await commands(page).click();
				await expect(page.getByRole('dialog').getByRole('option').first()).toBeVisible();
			}
		},
		{
			name: 'with the shortcuts',
			at: '/',
			then: async (page) => {
				await expect(commands(page)).toBeVisible();
				await page.keyboard.press('?');
				await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
			}
		},
		{
			name: 'with the tour',
			at: '/',
			then: async (page) => {
				await expect(commands(page)).toBeVisible();
				await page.keyboard.press('?');
				await page.getByRole('dialog').getByRole('button', { name: /tour/i }).click();
				await expect(page.getByRole('button', { name: 'Skip the tour' })).toBeVisible();
			}
		}
	],
	'a preview': [
		['report.md', 'h1'],
		['table.csv', 'table'],
		['facts.json', 'button[aria-expanded]'],
		['drawing.svg', 'img, iframe'],
		['pixel.png', 'img'],
		['paper.pdf', 'canvas']
	].map(([name = '', part = '']) => ({
		name: `of ${name}`,
		at: ({ again }) => `/?run=${again}`,
		then: preview(name, part)
	})),
	'the console on a phone': [
		{ name: 'empty', at: '/', who: 'newcomer', width: PHONE },
		{ name: 'of a finished run', at: ({ done }) => `/?run=${done}`, width: PHONE },
		{
			name: 'of a waiting run',
			at: ({ waiting }) => `/?run=${waiting}`,
			width: PHONE,
			then: waits
		},
		{ name: 'with the drawer', at: '/', width: PHONE, then: openRail },
		{
			name: 'with the settings',
			at: '/',
			width: PHONE,
			then: async (page) => {
				await expect(commands(page)).toBeVisible();
				await page.getByRole('link', { name: 'Settings' }).click();
				await expect(page.getByRole('complementary', { name: 'Settings' })).toBeVisible();
			}
		},
		{ name: 'at an address of nothing', at: '/nowhere', width: PHONE, status: 404 }
	],
	'the page of a run': [
		{ name: 'running', at: ({ running }) => `/runs/${running}` },
		{ name: 'waiting', at: ({ waiting }) => `/runs/${waiting}`, then: waits },
		{ name: 'failed', at: ({ failed }) => `/runs/${failed}` },
		{ name: 'finished', at: ({ done }) => `/runs/${done}` },
		{ name: 'expired', at: ({ expired }) => `/runs/${expired}` },
		{ name: 'with the timeline', at: ({ done }) => `/runs/${done}`, then: timeline },
		{ name: 'with a search', at: ({ done }) => `/runs/${done}`, then: search },
		{ name: 'on a phone', at: ({ done }) => `/runs/${done}`, width: PHONE },
		{ name: 'that is not there', at: '/runs/00000000-0000-4000-8000-000000000000', status: 404 }
	],
	'the runs': [
		{ name: 'none', at: '/runs', who: 'newcomer' },
		{
			name: 'many, two of them marked',
			at: '/runs',
			who: 'crowd',
			then: async (page) => {
				for (const n of [0, 1])
					await page
						.getByRole('checkbox', { name: /^Compare run/ })
						.nth(n)
						.check();
				await expect(page.getByRole('link', { name: 'Compare', exact: true })).toBeVisible();
			}
		},
		{ name: 'in every state', at: '/runs' },
		{ name: 'filtered to nothing', at: '/runs?q=nothing+like+that', who: 'crowd' },
		{ name: 'on a phone', at: '/runs', width: PHONE },
		{ name: 'compared', at: ({ done, again }) => `/runs/compare?a=${done}&b=${again}` },
		{ name: 'not to be compared', at: '/runs/compare', status: 422 }
	],
	workflows: [
		{ name: 'listed', at: '/workflows' },
		{ name: 'one of them', at: '/workflows/own' },
		{ name: 'a starter', at: '/workflows/data-profile' },
		{ name: 'a new one', at: '/workflows/new', then: (page) => card(page, 'agent-1').click() },
		{ name: 'the canvas', at: '/workflows/own/edit', then: (page) => card(page, 'writer').click() },
		{
			name: 'the canvas with a problem',
			at: '/workflows/own/edit',
			then: async (page) => {
				await card(page, 'writer').click();
				await page.getByRole('region', { name: 'Inspector' }).getByLabel('Prompt').fill('');
				await expect(page.getByRole('region', { name: 'What has to be put right' })).toBeVisible();
			}
		},
		{
			name: 'versions and what they change',
			at: '/workflows/own/edit',
			then: async (page) => {
				await page.getByRole('button', { name: 'Versions' }).click();
				const dialog = page.getByRole('dialog', { name: 'Versions' });
				await dialog.getByRole('button', { name: /^v1/ }).click();
				await expect(dialog.getByRole('region', { name: 'Changes' })).toBeVisible();
			}
		},
		{ name: 'the form of a phone', at: '/workflows/own/edit', width: PHONE },
		{ name: 'a plan', at: '/plan' },
		{ name: 'not to be edited', at: '/workflows/data-profile/edit', status: 403 },
		{ name: 'not there', at: '/workflows/nowhere', status: 404 }
	]
};

/** What a theme can change. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

async function show(page: Page, theme: Theme): Promise<void> {
	await page.evaluate((name) => (document.documentElement.dataset.theme = name), theme);
}

for (const [place, states] of Object.entries(STATES))
	test(`axe finds nothing serious in either theme: ${place}`, async ({
		page,
		context,
		scenes,
		conduct
	}) => {
		conduct.allow(/status of 4\d\d/);
		const { server, runs } = scenes;
		for (const { name, at, who = 'api', width = 1440, then, status = 200 } of states)
			await test.step(name, async () => {
				await become(context, server.url, scenes[who]);
				await page.setViewportSize({ width, height: 900 });
				const answer = await page.goto(typeof at === 'string' ? at : at(runs));
				expect(answer?.status(), name).toBe(status);
				await expect(page.getByRole('heading', { level: 1 })).toBeAttached();
				await then?.(page);
				for (const theme of THEMES) {
					await show(page, theme);
					const what = `${place}, ${name} (${theme})`;
					await expectAccessible(page, what, theme === 'archival' ? undefined : COLOURS);
				}
			});
	});
