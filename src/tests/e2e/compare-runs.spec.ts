import path from 'node:path';
import Database from 'better-sqlite3';
import { expectAccessible, expectTidy } from '../support/looks';
import { writeRuns } from '../support/many-runs';
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

test('what cannot be compared is said', async ({ page, api, server, conduct }) => {
	conduct.allow(/4\d\d/);
	expect((await page.goto('/runs/compare'))?.status()).toBe(422);
	await expect(page.getByText('Choose two different runs')).toBeVisible();
	const [kept = '', removed = ''] = writeRuns(server.storageRoot, api.clientId, 2);
	await api.fetch(`/runtime/${removed}`, { method: 'DELETE' });
	const answer = await page.goto(`/runs/compare?a=${kept}&b=${removed}`);
	expect(answer?.status()).toBe(404);
	await expect(page.getByText(`Run ${removed.slice(0, 8)} is not here`)).toBeVisible();
	await page.getByRole('link', { name: 'Choose two runs' }).click();
	await expect(page.getByText('1 run', { exact: true })).toBeVisible();
});

test('expired artifacts, a run at work, another workflow: each is named', async ({
	page,
	api,
	server
}) => {
	const [old = ''] = writeRuns(server.storageRoot, api.clientId, 1);
	expire(server.storageRoot, old);
	expect((await api.fetch(`/runtime/artifacts/${old}`)).status).toBe(410);
	const waiting = await api.start({
		id: 'waits',
		name: 'Waits',
		agents: [{ id: 'asker', model: 'builtin:analyst', prompt: 'Ask.', requires_approval: true }],
		user_directive: 'Wait for me'
	});
	await expect.poll(async () => (await api.state(waiting)).status).toBe('awaiting_approval');
	await page.setViewportSize({ width: 360, height: 740 });
	await page.goto(`/runs/compare?a=${old}&b=${waiting}`);
	await expect(
		page.getByText('runs of different workflows, “Data profile” and “Waits”')
	).toBeVisible();
	await expect(page.getByText('The artifacts of run A have expired')).toBeVisible();
	const agents = page.getByRole('region', { name: 'Agents' });
	await expect(agents.getByText('Only in A')).toHaveCount(2);
	await expect(agents.getByText('Only in B')).toHaveCount(1);
	const other = page.getByRole('region', { name: 'Run B' });
	await expect(other.getByText('Still at work: what it has so far is compared.')).toBeVisible();
	await expectTidy(page, 'an odd pair on a phone');
	await api.fetch(`/runtime/${waiting}/stop`, { method: 'POST' });
	await expect.poll(async () => (await api.state(waiting)).status).toBe('cancelled');
	await other.getByRole('link', { name: 'Look again' }).click();
	await expect(other.getByText('Stopped')).toBeVisible();
	await expect(other.getByText('Still at work')).toHaveCount(0);
});

/** Lets the time of a run's artifacts be over. */
function expire(storageRoot: string, run: string): void {
	const db = new Database(path.join(storageRoot, 'raro.db'));
	db.pragma('busy_timeout = 5000');
	db.prepare('update runs set expires_at = ? where id = ?').run(Date.now() - 1000, run);
	db.close();
}
