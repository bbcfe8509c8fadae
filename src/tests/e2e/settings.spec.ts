import { expect, test } from '../support/page';

test('the theme is remembered', async ({ page }) => {
	await page.goto('/');
	const root = page.locator('html');
	await expect(root).toHaveAttribute('data-theme', 'archival');
	const background = () =>
		page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
	const light = await background();
	const kept = () => page.waitForResponse((answer) => answer.url().includes('/?/theme'));
	await Promise.all([
		kept(),
		page.getByRole('button', { name: 'Switch to the Phosphor theme' }).click()
	]);
	await expect(root).toHaveAttribute('data-theme', 'phosphor');
	await expect.poll(background).not.toBe(light);
	await page.reload();
	await expect(root).toHaveAttribute('data-theme', 'phosphor');
	const settings = page.getByRole('complementary', { name: 'Settings' });
	await Promise.all([kept(), settings.getByRole('button', { name: 'Archival' }).click()]);
	await expect(root).toHaveAttribute('data-theme', 'archival');
	await page.goto('/workflows');
	await expect(root).toHaveAttribute('data-theme', 'archival');
});

test('the client key is shown on request and copied', async ({ page, context, api, server }) => {
	await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
	await page.goto('/');
	await expect(page.getByLabel('Client key', { exact: true })).toHaveCount(0);
	expect(await page.content()).not.toContain(api.key);
	await page.getByRole('button', { name: 'Show the client key' }).click();
	await expect(page.getByLabel('Client key', { exact: true })).toHaveValue(api.key);
	const copy = page.getByRole('button', { name: 'Copy client key' });
	await copy.click();
	await expect(copy.getByRole('status')).toHaveText('Copied');
	expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(api.key);
	await page.getByRole('button', { name: 'Hide' }).click();
	await expect(page.getByLabel('Client key', { exact: true })).toHaveCount(0);
	await page.getByRole('button', { name: 'Show the client key' }).click();
	await expect(page.getByLabel('Client key', { exact: true })).toBeVisible();
});

test('a key that came with the page is hidden, too', async ({ page, api }) => {
	await page.goto('/');
	// As a press before the scripts run.
	const form = page.locator('form[action*="showKey"]');
	await form.evaluate((element: HTMLFormElement) => element.submit());
	await expect(page.getByLabel('Client key', { exact: true })).toHaveValue(api.key);
	await page.getByRole('link', { name: 'Hide' }).click();
	await expect(page.getByLabel('Client key', { exact: true })).toHaveCount(0);
	expect(await page.content()).not.toContain(api.key);
});

test('the sandbox tier that is shown is the one in use', async ({ page, request }) => {
	interface Health {
		sandbox: { kind: string; tier?: string; detail: string };
		models: Record<string, { model: string }>;
	}
	await page.goto('/');
	const health = (await (await request.get('/health')).json()) as Health;
	const settings = page.getByRole('complementary', { name: 'Settings' });
	const { kind, tier, detail } = health.sandbox;
	await expect(settings.getByText([kind, tier].filter(Boolean).join(' · '))).toBeVisible();
	await expect(settings.getByText(detail)).toBeVisible();
	await expect(settings.getByText('Code tools are on')).toBeAttached();
	for (const { model } of Object.values(health.models))
		await expect(settings.getByText(model).first()).toBeVisible();
});

test('limits and usage follow what is uploaded', async ({ page, api }) => {
	await api.put('one.txt', 'x'.repeat(2048));
	await page.goto('/');
	const settings = page.getByRole('complementary', { name: 'Settings' });
	await expect(settings.getByRole('meter', { name: 'Library' })).toHaveAttribute(
		'aria-valuetext',
		/^2 KB of /
	);
});
