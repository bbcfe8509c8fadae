import { expectAccessible, expectTidy } from '../support/looks';
import { expect, quickRun, test, THEMES, useTheme } from '../support/page';

test('two runs are chosen, compared, and their differences are named', async ({
	page,
	api,
	server
}) => {
	test.slow();
	await api.put('a.csv', 'x,y\n1,2\n3,4\n5,9\n');
	const first = await quickRun(api, ['a.csv'], 'What drives churn?');
	await api.put('b.csv', 'x,y\n1,2\n3,4\n5,9\n7,1\n');
	const second = await quickRun(api, ['b.csv'], 'What drives sales?');

	await page.goto('/runs');
	const boxes = page.getByRole('checkbox', { name: /^Compare run/ });
	await boxes.nth(0).check();
	await boxes.nth(1).check();
	await page.getByRole('link', { name: 'Compare', exact: true }).click();
	await expect(page).toHaveURL(`/runs/compare?a=${first}&b=${second}`);

	const directive = page.getByRole('region', { name: 'Directive' });
	await expect(directive.locator('del')).toHaveText('churn');
	await expect(directive.locator('ins')).toHaveText('sales');
	const attached = page.getByRole('region', { name: 'Attached files' });
	await expect(attached.getByRole('listitem').filter({ hasText: 'a.csv' })).toContainText(
		'Only in A'
	);
	await expect(page.getByRole('region', { name: 'Agents' })).toContainText('the same graph');
	await page.getByText('The answers differ').first().click();
	await expect(page.getByRole('region', { name: 'Agents' }).locator('ins').first()).toBeVisible();
	const artifacts = page.getByRole('region', { name: 'Artifacts', exact: false });
	const profile = artifacts.getByRole('listitem').filter({ hasText: 'profile.json' });
	await expect(profile).toContainText('Different');
	await profile.getByText('What changed').click();
	await expect(profile.locator('ins').first()).toBeVisible();
	await page.getByRole('link', { name: 'Swap' }).click();
	await expect(directive.locator('del')).toHaveText('sales');

	for (const theme of THEMES) {
		await useTheme(page, server.url, theme);
		for (const width of [1440, 360]) {
			await page.setViewportSize({ width, height: 800 });
			await page.reload();
			await expectAccessible(page, `compare at ${width} (${theme})`);
			await expectTidy(page, `compare at ${width} (${theme})`);
		}
	}
});

test('what cannot be compared is said', async ({ page, conduct }) => {
	conduct.allow(/4\d\d/);
	expect((await page.goto('/runs/compare'))?.status()).toBe(422);
	await expect(page.getByText('Choose two different runs')).toBeVisible();
	const nobody = '00000000-0000-4000-8000-00000000000';
	const answer = await page.goto(`/runs/compare?a=${nobody}1&b=${nobody}2`);
	expect(answer?.status()).toBe(404);
});
