import { readFile } from 'node:fs/promises';
import { latest } from '../support/api';
import { apiOf, expect, openRail, railOf, test, upload, WEATHER, hadTour } from '../support/page';

test('two people never see each other’s files, runs, artifacts or events', async ({
	page,
	browser,
	server
}) => {
	await page.goto('/');
	let rail = await openRail(page);
	await upload(page, WEATHER);
	await rail.getByRole('checkbox', { name: /seattle-weather\.csv/ }).check();
	await page.getByLabel('Directive').fill('A secret of the first');
	const api = await apiOf(page.context(), server.url);

	const other = await browser.newContext({ baseURL: server.url });
	await hadTour(other);
	const stranger = await other.newPage();
	await stranger.goto('/');
	await openRail(stranger);
	const strangerApi = await apiOf(other, server.url);
	expect(strangerApi.key).not.toBe(api.key);

	// The run goes on while the stranger is looking.
	await page.getByRole('button', { name: 'RUN', exact: true }).click();
	await expect(page.getByRole('region', { name: 'Workflow' })).toContainText('4/4 done', {
		timeout: 150_000
	});
	const run = new URL(page.url()).searchParams.get('run') ?? '';
	const names = [...latest(await api.artifacts(run)).keys()];
	expect(names).toContain('report.md');

	for (const visit of ['as it was', 'reloaded']) {
		if (visit === 'reloaded') {
			await stranger.reload();
			await openRail(stranger);
		}
		rail = railOf(stranger);
		await expect(rail.getByText('coffee-shop-sales.csv').first(), visit).toBeVisible();
		await expect(rail.getByText('No artifacts yet')).toBeVisible();
		await expect(stranger.getByText('seattle-weather.csv')).toHaveCount(0);
		await expect(stranger.getByText('A secret of the first')).toHaveCount(0);
		await expect(stranger.getByRole('button', { name: 'RUN', exact: true })).toBeVisible();
	}
	await stranger.goto('/runs');
	await expect(stranger.getByText('No runs yet')).toBeVisible();
	await stranger.goto(`/?run=${run}`);
	await expect(stranger.getByText('Attach files, write a directive, press RUN')).toBeVisible();

	// A direct address answers as one that never was: same status, same words.
	const nobody = '00000000-0000-4000-8000-000000000000';
	const addresses = (id: string) => [
		`/runs/${id}`,
		`/runtime/state?run_id=${id}`,
		`/runtime/${id}/events`,
		`/runtime/${id}/files`,
		`/runtime/${id}/files/seattle-weather.csv`,
		`/runtime/artifacts/${id}`,
		`/runtime/artifacts/${id}/archive`,
		...names.map((name) => `/runtime/artifacts/${id}/files/${name}`)
	];
	const said = async (address: string) => {
		const response = await other.request.get(address, { headers: { accept: 'application/json' } });
		return { status: response.status(), text: (await response.text()).replaceAll(run, nobody) };
	};
	const missing = addresses(nobody);
	for (const [index, address] of addresses(run).entries()) {
		const [theirs, none] = [await said(address), await said(missing[index] ?? '')];
		expect(theirs.status, address).toBe(404);
		if (address.startsWith('/runtime/')) expect(theirs, address).toEqual(none);
	}
	const file = '/runtime/library/files/seattle-weather.csv';
	expect(await said(file)).toEqual(await said('/runtime/library/files/nothing.csv'));
	const page404 = await stranger.goto(`/runs/${run}`);
	expect(page404?.status()).toBe(404);
	await expect(stranger.getByRole('heading', { name: 'Nothing is here' })).toBeVisible();

	// The owner still has everything.
	const kept = await page.request.get(file);
	expect(await kept.body()).toEqual(await readFile(WEATHER));
	await other.close();
});
