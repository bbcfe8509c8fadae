import type { WorkflowConfig } from '$lib/domain/workflow';
import { expectAccessible, expectTidy, tabTo } from '../support/looks';
import { expect, test, THEMES, useTheme } from '../support/page';

/* The plain form: the editor of phones and of browsers without scripts. */
test.use({ viewport: { width: 900, height: 800 } });

const own = {
	id: 'own',
	name: 'My own',
	agents: [
		{
			id: 'reader',
			role: 'worker',
			model: 'builtin:analyst',
			tools: ['read_file'],
			depends_on: [],
			prompt: 'Read.',
			accepts_directive: true,
			allow_delegation: false,
			requires_approval: false
		}
	]
};

const store = (api: { json: (path: string, init: RequestInit) => Promise<unknown> }) =>
	api.json('/runtime/workflows/own', {
		method: 'PUT',
		body: JSON.stringify(own),
		headers: { 'content-type': 'application/json' }
	});

test('a starter is duplicated, changed and stored; errors name the agent', async ({
	page,
	api
}) => {
	await page.goto('/workflows');
	await page.getByRole('link', { name: 'Duplicate Data profile' }).click();
	await page.getByLabel('Name of the workflow').fill('Charts only');
	await page.getByRole('button', { name: 'Remove agent quality' }).click();
	const charts = page.getByRole('group', { name: 'Agent charts' });
	await charts.getByLabel('Name', { exact: true }).fill('painter');
	await charts.getByLabel('Name', { exact: true }).press('Tab');
	// Who waited for it waits for it under its new name; who waited for the removed waits on.
	const writer = page.getByRole('group', { name: 'Agent writer' });
	await expect(writer.getByLabel(/^Waits for/)).toHaveValue('painter, profiler');
	await writer.getByLabel('Ask a person before each use: write files').check();
	await page.getByRole('button', { name: 'Add an agent' }).click();
	await expect(
		page.getByRole('group', { name: 'Agent agent-4' }).getByLabel('Prompt')
	).toBeFocused();
	await page.getByLabel('Token budget').fill('20,000');
	await page.getByRole('button', { name: 'Save' }).first().click();

	const problem = page.getByRole('link', { name: /^Agent "agent-4" needs a prompt/ });
	await expect(problem).toBeVisible();
	await expect(page.getByLabel('Name of the workflow')).toHaveValue('Charts only');
	await page.getByRole('button', { name: 'Remove agent agent-4' }).click();
	await page.getByRole('button', { name: 'Save' }).first().click();

	await expect(page).toHaveURL('/?workflow=charts-only');
	await expect(page.getByRole('combobox')).toHaveValue('charts-only');
	const stored = await api.json<WorkflowConfig>('/runtime/workflows/charts-only');
	expect(stored.max_token_budget).toBe(20_000);
	expect(stored.agents.map(({ id, depends_on }) => [id, depends_on])).toEqual([
		['profiler', []],
		['painter', ['profiler']],
		['writer', ['painter', 'profiler']]
	]);
	expect(stored.agents.at(-1)?.tools_requiring_approval).toEqual(['write_file']);
});

test('one’s own workflow is edited and deleted after a yes; a reload keeps what was typed', async ({
	page,
	api
}) => {
	await store(api);
	await page.goto('/workflows/own');
	await page.getByRole('link', { name: 'Edit My own' }).click();
	await page.getByLabel('Prompt').fill('Read twice.');
	await page.reload();
	await expect(page.getByLabel('Prompt')).toHaveValue('Read twice.');
	await page.getByLabel('Code may reach the internet').check();
	await page.getByRole('button', { name: 'Save' }).first().click();
	await expect(page).toHaveURL('/workflows/own');
	await expect(page.getByText('Code may reach the internet.')).toBeVisible();
	expect(await api.json('/runtime/workflows/own')).toMatchObject({
		allow_internet: true,
		agents: [{ prompt: 'Read twice.' }]
	});

	await page.getByRole('button', { name: 'Delete My own' }).click();
	const question = page.getByRole('dialog', { name: 'Delete the workflow “My own”?' });
	await question.getByRole('button', { name: 'Delete' }).click();
	await expect(page).toHaveURL('/workflows');
	expect((await api.fetch('/runtime/workflows/own')).status).toBe(404);
});

test('what comes with Raro cannot be edited', async ({ page, conduct }) => {
	conduct.allow(/403/);
	await page.goto('/workflows/data-profile');
	await expect(page.getByRole('link', { name: 'Duplicate Data profile' })).toBeVisible();
	await expect(page.getByRole('link', { name: /^Edit/ })).toHaveCount(0);
	expect((await page.goto('/workflows/data-profile/edit'))?.status()).toBe(403);
	await expect(page.getByText(/comes with Raro and cannot be changed/)).toBeVisible();
});

test('the form is filled in by keyboard alone', async ({ page, api }) => {
	await page.goto('/plan?blank');
	await tabTo(page, page.getByLabel('Name of the workflow'));
	await page.keyboard.type('By hand');
	await tabTo(page, page.getByLabel('Prompt'));
	await page.keyboard.type('Count the rows.');
	await tabTo(page, page.getByLabel('Token budget'));
	await page.keyboard.type('500');
	await page.keyboard.press('Enter');
	await expect(page).toHaveURL('/?workflow=by-hand');
	expect(await api.json('/runtime/workflows/by-hand')).toMatchObject({ max_token_budget: 500 });
});

for (const theme of THEMES)
	test(`the form is accessible and fits (${theme})`, async ({ page, server }) => {
		await useTheme(page, server.url, theme);
		for (const width of [900, 360]) {
			await page.setViewportSize({ width, height: 800 });
			await page.goto('/plan?copy=data-profile');
			await page.getByText('More', { exact: true }).first().click();
			await page.getByLabel('Prompt').first().fill('');
			await page.getByRole('button', { name: 'Save' }).first().click();
			await expect(page.getByText('This cannot be saved yet:')).toBeVisible();
			await expectAccessible(page, `the form at ${width} px`);
			await expectTidy(page, `the form at ${width} px`);
		}
	});

test.describe('without scripts', () => {
	test.use({ javaScriptEnabled: false });

	test('agents are added and removed, problems named, and the workflow is stored', async ({
		page,
		api,
		conduct
	}) => {
		conduct.allow(/422/);
		await page.goto('/plan?blank');
		await page.getByLabel('Name of the workflow').fill('Plain');
		await page.getByLabel('Prompt').fill('Read it.');
		await page.getByRole('button', { name: 'Add an agent' }).click();
		await expect(page.getByLabel('Name of the workflow')).toHaveValue('Plain');
		const second = page.getByRole('group', { name: 'Agent agent-2' });
		await expect(second.getByLabel(/^Waits for/)).toHaveValue('agent-1');
		await page.getByRole('button', { name: 'Save' }).first().click();
		await expect(page.getByRole('link', { name: /^Agent "agent-2" needs a prompt/ })).toBeVisible();
		await page.getByRole('button', { name: 'Remove agent agent-2' }).click();
		await expect(second).toHaveCount(0);
		await expect(page.getByLabel('Prompt')).toHaveValue('Read it.');
		await page.getByRole('button', { name: 'Save' }).first().click();
		await expect(page).toHaveURL('/?workflow=plain');

		await page.goto('/workflows/plain');
		await page.getByRole('button', { name: 'Delete Plain' }).click();
		await page.getByRole('main').getByRole('button', { name: 'Delete', exact: true }).click();
		await expect(page).toHaveURL('/workflows');
		expect((await api.fetch('/runtime/workflows/plain')).status).toBe(404);
	});
});
