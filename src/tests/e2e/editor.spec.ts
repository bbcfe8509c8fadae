import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import type { WorkflowConfig } from '$lib/domain/workflow';
import type { ApiClient } from '../support/api';
import { expectAccessible, expectTidy } from '../support/looks';
import { expect, test, THEMES, useTheme } from '../support/page';

test.use({ viewport: { width: 1440, height: 900 } });

const agent = (id: string, depends_on: string[] = []) => ({
	id,
	model: 'builtin:analyst',
	tools: ['read_file'],
	depends_on,
	prompt: `You are the ${id}.`
});

const store = (api: ApiClient, workflow: object = {}) =>
	api.json<WorkflowConfig>('/runtime/workflows/own', {
		method: 'PUT',
		body: JSON.stringify({
			id: 'own',
			name: 'My own',
			agents: [agent('reader'), agent('writer', ['reader'])],
			...workflow
		}),
		headers: { 'content-type': 'application/json' }
	});

const card = (page: Page, id: string) =>
	page.getByRole('region', { name: 'Canvas' }).locator(`[aria-label="Agent ${id}"]`);
const lines = (page: Page) => page.locator('.svelte-flow__edge');
const inspector = (page: Page) => page.getByRole('region', { name: 'Inspector' });
const saveButton = (page: Page) => page.getByRole('button', { name: 'Save', exact: true });

async function openEditor(page: Page, address = '/workflows/own/edit') {
	await page.goto(address);
	await expect(page.locator('.svelte-flow__node').first()).toBeVisible();
}

/** Draws a line from one agent to another, handle to handle. */
async function draw(page: Page, from: string, to: string) {
	await card(page, from).locator('.svelte-flow__handle.source').hover();
	await page.mouse.down();
	await card(page, to).locator('.svelte-flow__handle.target').hover();
	await page.mouse.up();
}

test('a workflow is made on the canvas: agents added, connected by dragging, stored', async ({
	page,
	api
}) => {
	await page.goto('/workflows');
	await page.getByRole('link', { name: 'New workflow' }).click();
	await expect(card(page, 'agent-1')).toBeVisible();
	await page.getByLabel('Name of the workflow').fill('Drawn');
	await page.getByRole('button', { name: 'Add an agent' }).click();
	const form = inspector(page);
	await form.getByLabel('Prompt').fill('Write it.');
	await form.getByLabel('Name', { exact: true }).fill('writer');
	await form.getByLabel('Name', { exact: true }).press('Tab');
	await card(page, 'agent-1').click();
	await form.getByLabel('Prompt').fill('Read it.');
	await form.getByLabel('Ask a person before each use: write files').check();
	await draw(page, 'agent-1', 'writer');
	await expect(lines(page)).toHaveCount(1);

	// The other way round it would be a circle.
	await draw(page, 'writer', 'agent-1');
	await expect(page.getByRole('alert').getByText(/wait for each other for ever/)).toBeVisible();
	await expect(lines(page)).toHaveCount(1);

	await saveButton(page).click();
	await expect(page).toHaveURL('/?workflow=drawn');
	const stored = await api.json<WorkflowConfig>('/runtime/workflows/drawn');
	expect(stored.agents.map(({ id, depends_on }) => [id, depends_on])).toEqual([
		['agent-1', []],
		['writer', ['agent-1']]
	]);
	expect(stored.agents[0]?.tools_requiring_approval).toEqual(['write_file']);
});

test('agents and lines are deleted by key, undone and redone; moving is a step too', async ({
	page,
	api
}) => {
	await store(api);
	await openEditor(page);
	await card(page, 'reader').click();
	await page.keyboard.press('Delete');
	await expect(card(page, 'reader')).toHaveCount(0);
	await page.keyboard.press('Control+z');
	await expect(card(page, 'reader')).toBeVisible();
	await expect(lines(page)).toHaveCount(1);

	await lines(page).first().focus();
	await page.keyboard.press('Enter');
	await page.keyboard.press('Backspace');
	await expect(lines(page)).toHaveCount(0);
	await page.getByRole('button', { name: /^Undo/ }).click();
	await expect(lines(page)).toHaveCount(1);
	await page.getByRole('button', { name: /^Redo/ }).click();
	await expect(lines(page)).toHaveCount(0);

	const box = await card(page, 'writer').boundingBox();
	if (!box) throw new Error('no card');
	await page.mouse.move(box.x + 60, box.y + 20);
	await page.mouse.down();
	await page.mouse.move(box.x + 120, box.y + 140, { steps: 5 });
	await page.mouse.up();
	await page.keyboard.press('Control+s');
	await expect(page.getByText('“My own” is saved.')).toBeVisible();
	const { agents } = await api.json<WorkflowConfig>('/runtime/workflows/own');
	expect(agents.map(({ depends_on }) => depends_on)).toEqual([[], []]);
	expect(agents.every(({ position }) => position !== undefined)).toBe(true);
	await page.getByRole('button', { name: 'Lay out anew' }).click();
	await saveButton(page).click();
	await expect
		.poll(async () => (await store0(api)).agents.some(({ position }) => position))
		.toBe(false);

	// In a window that is made smaller, nobody stays behind its edge.
	await page.setViewportSize({ width: 700, height: 600 });
	await expect(card(page, 'reader')).toBeInViewport();
});

const store0 = (api: ApiClient) => api.json<WorkflowConfig>('/runtime/workflows/own');

test('everything the canvas does is done by form and keyboard, and dependencies follow a rename', async ({
	page,
	api
}) => {
	await store(api, { agents: [agent('reader'), agent('writer'), agent('critic', ['writer'])] });
	await openEditor(page);
	const form = inspector(page);
	await form.getByRole('button', { name: /^writer/ }).press('Enter');
	const waits = form.getByRole('group', { name: 'Waits for' });
	await expect(waits.getByRole('checkbox', { name: /^critic ?: .*for ever/ })).toBeDisabled();
	await waits.getByRole('checkbox', { name: 'reader' }).press('Space');
	await expect(lines(page)).toHaveCount(2);
	await form.getByLabel('Name', { exact: true }).fill('author');
	await form.getByLabel('Name', { exact: true }).press('Enter');
	await form.getByRole('button', { name: 'Duplicate agent author' }).press('Enter');
	await page.keyboard.press('Control+s');
	await expect(page.getByText('“My own” is saved.')).toBeVisible();
	expect((await store0(api)).agents.map(({ id, depends_on }) => [id, depends_on])).toEqual([
		['reader', []],
		['author', ['reader']],
		['critic', ['author']],
		['author-2', ['reader']]
	]);
});

test('keys take along the name that is still being typed', async ({ page, api }) => {
	await store(api);
	await openEditor(page);
	await card(page, 'reader').click();
	const name = inspector(page).getByLabel('Name', { exact: true });
	await name.fill('scout');
	await name.press('Control+z');
	await expect(name).toHaveValue('reader');
	await name.fill('scout');
	await name.press('Control+s');
	await expect(page.getByText('“My own” is saved.')).toBeVisible();
	expect((await store0(api)).agents.map(({ id, depends_on }) => [id, depends_on])).toEqual([
		['scout', []],
		['writer', ['scout']]
	]);

	await page.getByRole('button', { name: 'Versions' }).click();
	await expect(page.getByRole('dialog')).toBeVisible();
	await page.keyboard.press('Control+z');
	await page.keyboard.press('Escape');
	await expect(page.getByRole('dialog')).toHaveCount(0);
	await expect(card(page, 'scout')).toBeVisible();
});

test('problems show as one types, name the culprit and lead to it; nothing is stored', async ({
	page,
	api
}) => {
	const before = await store(api);
	await openEditor(page);
	await card(page, 'writer').click();
	const form = inspector(page);
	await form.getByLabel('Prompt').fill('');
	await form.getByLabel('Model').fill('gemini:gemini-3.8-flash');
	const problems = page.getByRole('region', { name: 'What has to be put right' });
	await expect(
		problems.getByText('Agent "writer" needs a prompt: what is it to do?')
	).toBeVisible();
	await expect(problems.getByText(/^Agent "writer", model: .*GEMINI_API_KEY/)).toBeVisible();
	await expect(form.getByLabel('Prompt')).toHaveAttribute('aria-invalid', 'true');
	await expect(card(page, 'writer')).toContainText(/2\s*to put right/);
	await card(page, 'reader').click();
	await saveButton(page).click();
	await expect(
		page.getByRole('alert').getByText(/cannot be saved yet: Agent "writer"/)
	).toBeVisible();
	await expect(form.getByLabel('Name', { exact: true })).toHaveValue('writer');
	expect(await store0(api)).toEqual(before);
});

test('unsaved work survives a reload, says so, and is discarded on demand', async ({
	page,
	api
}) => {
	await store(api);
	await openEditor(page);
	await card(page, 'reader').click();
	await inspector(page).getByLabel('Prompt').fill('Read twice.');
	await page.reload();
	await expect(page.getByText('Unsaved changes restored')).toBeVisible();
	await card(page, 'reader').click();
	await expect(inspector(page).getByLabel('Prompt')).toHaveValue('Read twice.');

	await page.getByRole('link', { name: 'Close' }).click();
	const question = page.getByRole('dialog', { name: 'Leave with unsaved changes?' });
	await question.getByRole('button', { name: 'Cancel' }).click();
	await expect(page).toHaveURL('/workflows/own/edit');
	await page.getByRole('button', { name: 'Discard them' }).click();
	await expect(page.getByText('Unsaved changes restored')).toHaveCount(0);
	await page.reload();
	await card(page, 'reader').click();
	await expect(inspector(page).getByLabel('Prompt')).toHaveValue('You are the reader.');
	await expect(page.getByText('Unsaved changes restored')).toHaveCount(0);
});

test('versions show what they change, and an old one is restored', async ({ page, api }) => {
	await store(api);
	await store(api, { agents: [{ ...agent('reader'), prompt: 'You are the best reader.' }] });
	await openEditor(page);
	await page.getByRole('button', { name: 'Versions' }).click();
	const dialog = page.getByRole('dialog', { name: 'Versions' });
	await dialog.getByRole('button', { name: /^v1/ }).click();
	const changes = dialog.getByRole('region', { name: 'Changes' });
	await expect(changes.getByRole('heading', { name: 'writer comes' })).toBeVisible();
	await expect(changes.locator('del')).toHaveText(['best ']);
	await expectAccessible(page, 'the versions');
	await dialog.getByRole('button', { name: 'Restore version 1' }).click();
	await expect(card(page, 'writer')).toBeVisible();
	await expect(page.getByText(/^Version 1 is restored/)).toBeVisible();
	expect((await store0(api)).agents).toHaveLength(2);
	const { versions } = await api.json<{ versions: object[] }>('/runtime/workflows/own/versions');
	expect(versions).toHaveLength(3);
});

test('a workflow is exported, imported elsewhere, and what is wrong with a file is named', async ({
	page,
	api
}) => {
	const own = await store(api, { max_token_budget: 9000 });
	await openEditor(page);
	const [download] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('button', { name: 'Export' }).click()
	]);
	expect(download.suggestedFilename()).toBe('own.json');
	const text = await readFile(await download.path(), 'utf8');
	expect(JSON.parse(text)).toEqual(own);

	await openEditor(page, '/workflows/new');
	const picker = page.getByLabel('Workflow to import');
	const file = (content: string) => ({
		name: 'shared.json',
		mimeType: 'application/json',
		buffer: Buffer.from(content)
	});
	await picker.setInputFiles(file(text.replace('"read_file"', '"fly"')));
	await expect(
		page.getByRole('alert').getByText(/^shared.json: Agent "reader" uses the tool "fly"/)
	).toBeVisible();
	await picker.setInputFiles(file(text.replace('My own', 'From elsewhere')));
	await expect(card(page, 'writer')).toBeVisible();
	await saveButton(page).click();
	await expect(page).toHaveURL('/?workflow=from-elsewhere');
	const stored = await api.json<WorkflowConfig>('/runtime/workflows/from-elsewhere');
	expect(stored).toEqual({ ...own, id: 'from-elsewhere', name: 'From elsewhere' });

	await openEditor(page);
	await page.getByRole('button', { name: 'Save as copy' }).click();
	await expect(page).toHaveURL('/workflows/copy-of-my-own/edit');
});

for (const theme of THEMES)
	test(`the editor is accessible and fits (${theme})`, async ({ page, api, server }) => {
		await store(api);
		await useTheme(page, server.url, theme);
		for (const width of [1440, 1024]) {
			await page.setViewportSize({ width, height: 800 });
			await openEditor(page);
			await expectAccessible(page, `the editor at ${width} px`);
			await expectTidy(page, `the editor at ${width} px`);
			await card(page, 'writer').click();
			await inspector(page).getByLabel('Prompt').fill('');
			await expectAccessible(page, `an agent at ${width} px`);
			await expectTidy(page, `an agent at ${width} px`);
			await page.keyboard.press('Control+z');
			await page.keyboard.press('Control+z');
		}
		await page.setViewportSize({ width: 360, height: 740 });
		await page.goto('/workflows/own/edit');
		await expect(page.getByRole('heading', { name: 'Edit workflow' })).toBeVisible();
		await expect(page.getByRole('group', { name: 'Agent writer' })).toBeVisible();
		await expect(page.locator('.svelte-flow')).toHaveCount(0);
		await expectTidy(page, 'the form of a phone');
	});
