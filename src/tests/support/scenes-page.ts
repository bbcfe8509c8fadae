import type { BrowserContext } from '@playwright/test';
import type { ApiClient } from './api';
import { test as base } from './page';
import { startScenes, type Scenes } from './scenes';

/** Playwright's test on one set of scenes for each worker: tests only look at them. */
export const test = base.extend<object, { scenes: Scenes }>({
	scenes: [
		// eslint-disable-next-line no-empty-pattern -- Playwright wants a pattern here
		async ({}, use) => {
			const scenes = await startScenes();
			await use(scenes);
			await scenes.close();
		},
		{ scope: 'worker', timeout: 120_000 }
	],
	server: [async ({ scenes }, use) => use(scenes.server), { scope: 'worker' }]
});

/** The browser is this client's. */
export async function become(context: BrowserContext, url: string, who: ApiClient): Promise<void> {
	await context.addCookies([{ name: 'raro_session_id', value: who.key, url }]);
}
