import type { Page } from '@playwright/test';
import { expect, test } from '../support/page';

const CSV = 'x,y\n1,2\n3,4\n5,9\n';

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
	await api.put('a.csv', CSV);
	await page.goto('/');
	expect(await iconOf(page)).toContain('favicon.svg');
	const run = await api.start({ id: 'data-profile', attached_files: ['a.csv'] });
	await page.goto('/');
	const other = await context.newPage();
	await other.goto(`/runs/${run}`);
	for (const tab of [page, other]) {
		await expect(tab).toHaveTitle(/^✓ Done · /, { timeout: 150_000 });
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
	await api.put('a.csv', CSV);
	await page.goto('/');
	const choice = page.getByRole('switch', { name: 'Desktop notifications' });
	await expect(choice).not.toBeChecked();
	await choice.click();
	await expect(choice).toBeChecked();
	await api.start({ id: 'data-profile', user_directive: 'Call me', attached_files: ['a.csv'] });
	await page.goto('/');
	await expect(choice).toBeChecked();
	await page.evaluate(() => Object.assign(window, { looksHidden: true }));
	await expect.poll(() => shownOn(page), { timeout: 150_000 }).toEqual(['A run is done | Call me']);
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
	await api.put('a.csv', CSV);
	await api.start({ id: 'data-profile', attached_files: ['a.csv'] });
	await page.goto('/');
	await page.evaluate(() => Object.assign(window, { looksHidden: true }));
	await expect(page).toHaveTitle(/Done/, { timeout: 150_000 });
	expect(await shownOn(page)).toEqual([]);
});
