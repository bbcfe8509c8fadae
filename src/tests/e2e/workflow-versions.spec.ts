import type { BrowserContext, Page } from '@playwright/test';
import type { WorkflowConfig } from '$lib/domain/workflow';
import type { ApiClient } from '../support/api';
import { expectAccessible, expectTidy } from '../support/looks';
import { expect, test, THEMES, useTheme } from '../support/page';

test.use({ viewport: { width: 1440, height: 900 } });

const agent = (id: string, prompt = `You are the ${id}.`, depends_on: string[] = []) => ({
	id,
	model: 'builtin:analyst',
	tools: ['read_file'],
	depends_on,
	prompt
});

const store = (api: ApiClient, name: string, agents: object[] = [agent('reader')]) =>
	api.json<WorkflowConfig>('/runtime/workflows/own', {
		method: 'PUT',
		body: JSON.stringify({ id: 'own', name, agents }),
		headers: { 'content-type': 'application/json' }
	});
const stored = (api: ApiClient) => api.json<WorkflowConfig>('/runtime/workflows/own');

async function editorIn(context: BrowserContext): Promise<Page> {
	const page = await context.newPage();
	await page.goto('/workflows/own/edit');
	await expect(page.locator('.svelte-flow__node').first()).toBeVisible();
	return page;
}

const card = (page: Page) =>
	page.getByRole('region', { name: 'Canvas' }).locator('[aria-label="Agent reader"]');
const alert = (page: Page) => page.getByRole('main').getByRole('alert');

async function changePrompt(page: Page, prompt: string) {
	await card(page).click();
	await page.getByLabel('Prompt').fill(prompt);
	await page.keyboard.press('Control+s');
}

test('two tabs: the later save is asked, sees the difference, and loses nothing', async ({
	page,
	context,
	api,
	conduct
}) => {
	conduct.allow(/409/);
	await store(api, 'Shared');
	const [here, there] = [await editorIn(context), await editorIn(context)];
	await page.close();
	await changePrompt(there, 'You are their reader.');
	await expect(there.getByText('“Shared” is saved.')).toBeVisible();

	await changePrompt(here, 'You are my reader.');
	const dialog = here.getByRole('dialog', { name: 'This workflow was changed meanwhile' });
	await expect(dialog).toContainText('Version 2 of “Shared” was stored');
	const differences = dialog.getByRole('region', { name: 'Differences' });
	await expect(differences.locator('del')).toHaveText('their');
	await expect(differences.locator('ins')).toHaveText('my');
	expect((await stored(api)).agents[0]?.prompt).toBe('You are their reader.');

	await dialog.getByRole('button', { name: 'Take theirs' }).click();
	await expect(here.getByLabel('Prompt')).toHaveCount(0);
	await card(here).click();
	await expect(here.getByLabel('Prompt')).toHaveValue('You are their reader.');
	await here.getByRole('button', { name: /^Undo/ }).click();
	await expect(here.getByLabel('Prompt')).toHaveValue('You are my reader.');
	await here.keyboard.press('Control+s');
	await expect(here.getByText('“Shared” is saved.')).toBeVisible();

	await changePrompt(there, 'You are their second reader.');
	const other = there.getByRole('dialog', { name: 'This workflow was changed meanwhile' });
	await other.getByRole('button', { name: 'Save on top, as a new version' }).click();
	await expect(other).toHaveCount(0);
	expect((await stored(api)).agents[0]?.prompt).toBe('You are their second reader.');
	const { versions } = await api.json<{ versions: object[] }>('/runtime/workflows/own/versions');
	expect(versions).toHaveLength(4);

	await changePrompt(here, 'You are one more reader.');
	await dialog.getByRole('button', { name: 'Save as copy' }).click();
	await expect(here).toHaveURL('/workflows/copy-of-shared/edit');
	expect((await stored(api)).agents[0]?.prompt).toBe('You are their second reader.');
});

for (const theme of THEMES)
	test(`versions, conflict and import are accessible and fit (${theme})`, async ({
		page,
		api,
		server,
		conduct
	}) => {
		conduct.allow(/409|422/);
		const long = 'A workflow whose name goes on and on '.repeat(4).trim();
		await store(api, 'Short');
		await store(api, long, [agent('reader', 'You read it twice.'), agent('a'.repeat(60))]);
		await useTheme(page, server.url, theme);
		for (const width of [1440, 360]) {
			await page.setViewportSize({ width, height: 800 });
			await page.goto('/workflows/own/versions');
			await expect(page.getByText('What it changed in version 1:')).toBeVisible();
			await expectAccessible(page, `versions at ${width} px`);
			await expectTidy(page, `versions at ${width} px`);
			await page.goto('/workflows/new/import');
			await page.getByLabel('Or its text').fill('{"id": "x", "agents": [{"id": "a b"}]}');
			await page.getByRole('button', { name: 'Import' }).click();
			await expect(alert(page)).toContainText('Agent "a b"');
			await expectAccessible(page, `import at ${width} px`);
			await expectTidy(page, `import at ${width} px`);
		}
		await page.goto('/workflows/own/edit');
		await expect(page.getByRole('group', { name: 'Agent reader' })).toBeVisible();
		await store(api, 'Theirs');
		await page.getByRole('button', { name: 'Save' }).first().click();
		await page.getByText('What yours changes in version 3').click();
		await expectAccessible(page, 'a conflict on a phone');
		await expectTidy(page, 'a conflict on a phone');
		await page.setViewportSize({ width: 1024, height: 800 });
		await page.goto('/workflows/own/edit');
		await card(page).waitFor();
		await store(api, long);
		await changePrompt(page, 'Mine.');
		await expect(page.getByRole('region', { name: 'Differences' })).toBeVisible();
		await expectAccessible(page, 'a conflict');
		await expectTidy(page, 'a conflict');
	});

test.describe('without JavaScript', () => {
	test.use({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });

	// The browser tells about refused forms by itself.
	test.beforeEach(({ conduct }) => conduct.allow(/409|422/));

	test('a form that is behind is not stored; it shows the difference and the ways on', async ({
		page,
		api
	}) => {
		await store(api, 'Shared');
		await page.goto('/workflows/own/edit');
		await page.getByLabel('Prompt').fill('You are my reader.');
		await store(api, 'Theirs', [agent('reader', 'You are their reader.')]);
		// Adding an agent asks the server: the form still knows what it began from.
		await page.getByRole('button', { name: 'Add an agent' }).click();
		await page.getByRole('group', { name: 'Agent agent-2' }).getByLabel('Prompt').fill('Help.');
		await page.getByRole('button', { name: 'Save' }).first().click();
		const conflict = alert(page);
		await expect(conflict).toContainText('Version 2 was stored');
		await conflict.getByText('What yours changes').click();
		await expect(conflict.getByRole('heading', { name: 'agent-2 comes' })).toBeVisible();
		expect((await stored(api)).name).toBe('Theirs');

		// To save again is no answer to the question.
		await page.getByRole('button', { name: 'Save' }).first().click();
		await expect(conflict).toContainText('Version 2 was stored');
		await page.getByRole('button', { name: 'Save on top, as a new version' }).click();
		await expect(page).toHaveURL('/workflows/own');
		expect(await stored(api)).toMatchObject({ name: 'Shared', agents: [{}, { id: 'agent-2' }] });

		await page.goto('/workflows/own/edit');
		await store(api, 'Theirs again');
		await page.getByRole('button', { name: 'Save' }).first().click();
		await page.getByRole('button', { name: 'Save as copy' }).click();
		await expect(page).toHaveURL('/workflows/copy-of-shared');
		expect((await stored(api)).name).toBe('Theirs again');
	});

	test('what was deleted while one edited it is stored again when one says so', async ({
		page,
		api
	}) => {
		await store(api, 'Shared');
		await page.goto('/workflows/own/edit');
		await page.getByLabel('Prompt').fill('You are my reader.');
		await api.fetch('/runtime/workflows/own', { method: 'DELETE' });
		await page.getByRole('button', { name: 'Save' }).first().click();
		await expect(alert(page)).toContainText('This workflow was deleted meanwhile');
		expect((await api.fetch('/runtime/workflows/own')).status).toBe(404);
		// To save again is no answer to the question.
		await page.getByRole('button', { name: 'Save' }).first().click();
		await alert(page).getByRole('button', { name: 'Save it again' }).click();
		await expect(page).toHaveURL('/workflows/own');
		expect((await stored(api)).agents[0]?.prompt).toBe('You are my reader.');
	});

	test('versions are read, compared and restored', async ({ page, api }) => {
		await store(api, 'First');
		await store(api, 'Second', [agent('reader', 'You are the best reader.')]);
		await store(api, 'Third', [agent('reader', 'You are the best reader.'), agent('writer')]);
		await page.goto('/workflows/own');
		await page.getByRole('link', { name: 'Versions' }).click();
		await expect(page.getByRole('heading', { name: 'writer comes' })).toBeVisible();
		await page.getByRole('link', { name: /^v2/ }).click();
		await expect(page.locator('ins').filter({ hasText: 'best' })).toBeVisible();
		await page.getByRole('link', { name: 'Compared with now' }).click();
		await expect(page.getByRole('heading', { name: 'writer goes' })).toBeVisible();
		const restore = page.getByRole('button', { name: 'Restore version 2' });
		await store(api, 'Fourth');
		await restore.click();
		await expect(alert(page)).toContainText('Version 4 of "own" was stored');
		expect((await stored(api)).name).toBe('Fourth');
		await restore.click();
		await expect(page).toHaveURL('/workflows/own/versions');
		await expect(page.getByRole('heading', { name: 'Version 5' })).toBeVisible();
		expect((await stored(api)).name).toBe('Second');
	});

	test('a workflow is exported, and imported from text and from its file', async ({
		page,
		api
	}) => {
		const own = await store(api, 'My own');
		await page.goto('/workflows/own');
		const href = await page.getByRole('link', { name: 'Export JSON' }).getAttribute('href');
		const text = await (await page.request.get(href ?? '')).text();
		expect(JSON.parse(text)).toEqual(own);

		await page.goto('/workflows');
		await page.getByRole('link', { name: 'Import' }).click();
		await page.getByLabel('Or its text').fill(text.replace('"read_file"', '"fly"'));
		await page.getByRole('button', { name: 'Import' }).click();
		await expect(alert(page)).toContainText('Agent "reader" uses the tool "fly"');
		await expect(page.getByLabel('Or its text')).toHaveValue(/"fly"/);
		await page.getByLabel('Or its text').fill('');
		await page.getByLabel('File').setInputFiles({
			name: 'shared.json',
			mimeType: 'application/json',
			buffer: Buffer.from(text)
		});
		await page.getByRole('button', { name: 'Import' }).click();
		// Its own id is taken: nothing is replaced.
		await expect(page).toHaveURL('/workflows/my-own');
		expect(await api.json('/runtime/workflows/my-own')).toEqual({ ...own, id: 'my-own' });
	});
});
