import type { Page } from '@playwright/test';
import type { ApiClient } from '../support/api';
import { expect, test } from '../support/page';

const CSV = 'x,y\n1,2\n3,4\n5,9\n';

/** A run of one agent that waits for a yes, so that it ends when the test says so. */
async function waitingRun(api: ApiClient, directive = ''): Promise<string> {
	await api.put('a.csv', CSV);
	const agent = { id: 'profiler', prompt: 'Profile.', tools: ['execute_javascript'] };
	return api.start({
		id: 'short',
		name: 'Short',
		agents: [{ ...agent, model: 'builtin:analyst', requires_approval: true }],
		user_directive: directive,
		attached_files: ['a.csv']
	});
}

const agree = (api: ApiClient, run: string) =>
	api.json(`/runtime/${run}/approve`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ agent_id: 'profiler', approved: true })
	});

const iconOf = (page: Page) =>
	page
		.locator('link[rel="icon"]')
		.evaluate((link) => decodeURIComponent(String(link.getAttribute('href'))));

/** Writes down what would be shown on the desktop, and makes the tab look hidden on demand. */
async function listen(page: Page): Promise<void> {
	await page.addInitScript(() => {
		const shown: string[] = [];
		class Shown extends EventTarget {
			static permission = 'granted';
			static requestPermission = async () => 'granted';
			onclick: (() => void) | null = null;
			constructor(title: string, options?: NotificationOptions) {
				super();
				shown.push(`${title} | ${options?.body}`);
				Object.assign(window, { shownLast: this });
			}
			close() {
				shown.push('closed');
			}
		}
		Object.assign(window, { Notification: Shown, shown });
		Object.defineProperty(document, 'hidden', { get: () => 'looksHidden' in window });
	});
}

const shownOn = (page: Page) => page.evaluate(() => ('shown' in window ? window.shown : null));

test('the tab tells how its run stands, also on another page of the run', async ({
	page,
	context,
	api
}) => {
	await page.goto('/');
	expect(await iconOf(page)).toContain('favicon.svg');
	const run = await waitingRun(api);
	await page.goto('/');
	const other = await context.newPage();
	await other.goto(`/runs/${run}`);
	const tabs = [page, other];
	for (const tab of tabs) await expect(tab).toHaveTitle(/^▲ Needs approval · /);
	await agree(api, run);
	for (const tab of tabs) {
		await expect(tab).toHaveTitle(/^✓ Done · /);
		expect(await iconOf(tab)).toContain('#62d074');
	}
	await page.getByRole('link', { name: 'Workflows' }).first().click();
	await expect(page).toHaveTitle(/Workflows/);
	expect(await iconOf(page)).toContain('favicon.svg');
});

test('a notification comes when a run ends out of sight, after it was switched on', async ({
	page,
	context,
	api
}) => {
	await context.grantPermissions(['notifications']);
	await listen(page);
	await page.goto('/');
	const choice = page.getByRole('switch', { name: 'Desktop notifications' });
	await expect(choice).not.toBeChecked();
	await choice.click();
	await expect(choice).toBeChecked();
	const run = await waitingRun(api, 'Call me');
	await page.goto('/');
	await expect(choice).toBeChecked();
	await expect(page).toHaveTitle(/^▲ Needs approval · /);
	await page.evaluate(() => Object.assign(window, { looksHidden: true }));
	await agree(api, run);
	await expect.poll(() => shownOn(page)).toEqual(['A run is done | Call me']);
	// By now the tab shows something else.
	await page.getByRole('link', { name: 'Workflows', exact: true }).click();
	await expect(page).toHaveTitle(/Workflows/);
	await page.evaluate(() => {
		if ('shownLast' in window) (window.shownLast as { onclick(): void }).onclick();
	});
	expect(await shownOn(page)).toEqual(['A run is done | Call me', 'closed']);
	await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}$/);
});

test('nothing is shown while the tab is in sight, or when it was never switched on', async ({
	page,
	api
}) => {
	await listen(page);
	const run = await waitingRun(api);
	await page.goto('/');
	await page.evaluate(() => Object.assign(window, { looksHidden: true }));
	await agree(api, run);
	await expect(page).toHaveTitle(/Done/);
	expect(await shownOn(page)).toEqual([]);
});
