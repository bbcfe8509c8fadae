import type { Page } from '@playwright/test';
import { expect, THEMES, useTheme } from '../support/page';
import { NOW, type Scenes } from '../support/scenes';
import { become, test } from '../support/scenes-page';

/* `npm run test:snapshots` renews the pictures; see docs/decisions/0016-pictures-of-screens.md. */

test.use({
	timezoneId: 'UTC',
	locale: 'en-US',
	deviceScaleFactor: 1,
	contextOptions: { reducedMotion: 'reduce' }
});

interface Screen {
	at: (runs: Scenes['runs']) => string;
	/** What is there once it is whole. */
	shown: string;
	/** Whether a wide screen has a graph, which is fetched later. */
	graph?: boolean;
}

const SCREENS: Record<string, Screen> = {
	console: { at: ({ done }) => `/?run=${done}`, shown: '#step-reader', graph: true },
	run: { at: ({ waiting }) => `/runs/${waiting}`, shown: '#step-keeper', graph: true },
	runs: { at: () => '/runs', shown: '[data-run]' },
	compare: { at: ({ done, again }) => `/runs/compare?a=${done}&b=${again}`, shown: 'ins' },
	editor: { at: () => '/workflows/own/edit', shown: 'form', graph: true }
};
const SIZES = [
	{ width: 1440, height: 900 },
	{ width: 360, height: 740 }
];

const ID = '01234567-89ab-4cde-8f01-23456789abcd';
const PORT = '30000';

/** Ids and the port are others every time; these have their width. */
async function nameAlike(page: Page): Promise<void> {
	await page.evaluate(
		([id, port]) => {
			const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
			for (let node = walker.nextNode(); node; node = walker.nextNode()) {
				const text = node.nodeValue ?? '';
				const alike = text
					.replace(/[0-9a-f]{8}(?:(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?/g, (a) =>
						id.slice(0, a.length)
					)
					.replace(/localhost:\d+/g, `localhost:${port}`);
				if (alike !== text) node.nodeValue = alike;
			}
		},
		[ID, PORT] as const
	);
}

for (const [name, { at, shown, graph = false }] of Object.entries(SCREENS))
	test(`the screen looks as it did: ${name}`, async ({ page, context, scenes }) => {
		const { server, api, runs } = scenes;
		await become(context, server.url, api);
		await page.clock.setFixedTime(NOW);
		for (const size of SIZES)
			for (const theme of THEMES)
				await test.step(`${size.width} px, ${theme}`, async () => {
					await page.setViewportSize(size);
					await useTheme(page, server.url, theme);
					await page.goto(at(runs));
					// What the scripts fetch later is there, too.
					await expect(page.locator(shown).first()).toBeAttached();
					if (graph && size.width > 640)
						await expect(page.locator('.svelte-flow__node').first()).toBeVisible();
					await page.evaluate(() => document.fonts.ready);
					await nameAlike(page);
					await expect.soft(page).toHaveScreenshot(`${name}-${size.width}-${theme}.png`);
				});
	});
