import type { BrowserContext } from '@playwright/test';
import { expectAccessible, expectTidy } from '../support/looks';
import { startOpenAi, type StandIn } from '../support/openai/stand-in';
import { apiOf, expect, test as base, THEMES, useTheme } from '../support/page';
import { startServer } from '../support/server';

const test = base.extend<object, { models: StandIn }>({
	models: [
		// eslint-disable-next-line no-empty-pattern -- Playwright wants a pattern here
		async ({}, use) => {
			const models = await startOpenAi({ kind: 'ollama', key: 'sk-test', model: 'qwen3' });
			await use(models);
			await models.close();
		},
		{ scope: 'worker' }
	],
	// A server whose model has a price.
	server: [
		async ({ models }, use) => {
			const server = await startServer({
				env: {
					OPENAI_BASE_URL: models.url,
					OPENAI_API_KEY: 'sk-test',
					MODEL_FAST: 'openai:qwen3',
					MODEL_PRICES: '{"openai:qwen3": {"input": 1000, "output": 2000}}'
				}
			});
			await use(server);
			await server.dispose();
		},
		{ scope: 'worker' }
	]
});

const agent = (id: string, depends_on: string[], more: object = {}) => ({
	id,
	depends_on,
	model: 'openai:qwen3',
	prompt: `You are the ${id}.`,
	...more
});

/** A reader, which does not read the directive, and a writer behind it, which does. */
const workflow = {
	id: 'two',
	name: 'Two',
	agents: [agent('reader', [], { accepts_directive: false }), agent('writer', ['reader'])]
};

const REFUSED = { status: 400, body: { error: { message: 'no' } } };

async function endedRun(context: BrowserContext, url: string, max_token_budget = 100_000) {
	const api = await apiOf(context, url);
	await api.put('a.txt', 'first');
	const run = await api.start({
		...workflow,
		max_token_budget,
		user_directive: 'Be long.',
		attached_files: ['a.txt']
	});
	await api.events(run);
	return { api, run };
}

for (const scripts of [true, false])
	test.describe(scripts ? 'with scripts' : 'without scripts', () => {
		test.use({ javaScriptEnabled: scripts });

		test('R21 a re-run takes over what is unchanged and says what that saved', async ({
			page,
			context,
			server,
			models
		}) => {
			models.reply({ text: 'I have read.' }, { text: 'A long text.' });
			const { api, run } = await endedRun(context, server.url);
			await page.goto(`/runs/${run}`);
			await expect(page.getByRole('meter', { name: 'Token budget' })).toBeVisible();
			await page.getByText('Re-run with changes', { exact: true }).click();
			const form = page.locator('#rerun form');
			await expect(form.getByLabel('Directive')).toHaveValue('Be long.');
			await expect(form.getByRole('checkbox', { name: 'a.txt' })).toBeChecked();
			await expect(form.getByLabel('Token budget')).toHaveValue('100000');
			await form.getByLabel('Directive').fill('Be short.');
			models.reply({ text: 'Short.' });
			await form.getByRole('button', { name: 'Re-run' }).click();

			await expect(page).toHaveURL((to) => /^\/runs\//.test(to.pathname) && !to.href.includes(run));
			const again = new URL(page.url()).pathname.split('/').at(-1) ?? '';
			await api.events(again);
			await page.reload();
			const reader = page.getByRole('article', { name: 'reader' });
			await expect(reader).toContainText(
				`Reused from run ${run.slice(0, 8)} · saved 17 tokens ($0.022)`
			);
			await expect(page.getByText('1 step · saved 17 tokens ($0.022)')).toBeVisible();
			await expect(page.getByRole('article', { name: 'writer' })).toContainText('Short.');
			const origin = page.getByRole('link', { name: run.slice(0, 8), exact: true });
			await expect(origin.first()).toHaveAttribute('href', `/runs/${run}`);
		});
	});

test('R21 on the console a re-run is followed in place', async ({
	page,
	context,
	server,
	models
}) => {
	models.reply({ text: 'I have read.' }, { text: 'A long text.' });
	const { run } = await endedRun(context, server.url);
	await page.goto(`/?run=${run}`);
	await page.evaluate(() => Object.assign(window, { sameDocument: true }));
	await page.getByText('Re-run with changes', { exact: true }).click();
	const form = page.locator('#rerun form');
	await form.getByLabel('Directive').fill('Be funny.');
	models.reply({ text: 'Ha.' });
	await form.getByRole('button', { name: 'Re-run' }).click();
	await expect(page.getByText(`Re-run of ${run.slice(0, 8)}`)).toBeVisible();
	await expect(page.getByText('1 step reused, saved 17 tokens ($0.022)')).toBeVisible();
	await expect(page.getByRole('article', { name: 'writer' })).toContainText('Ha.');
	expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
});

for (const where of ['console', 'run page'])
	test(`R21 on the ${where}, a failed step is tried again where it stands`, async ({
		page,
		context,
		server,
		models
	}) => {
		models.reply({ text: 'I have read.' }, REFUSED);
		const { api, run } = await endedRun(context, server.url);
		expect((await api.state(run)).status).toBe('failed');
		await page.goto(where === 'console' ? `/?run=${run}` : `/runs/${run}`);
		const writer = page.getByRole('article', { name: 'writer' });
		await expect(writer).toContainText('Check the name of the model');
		models.reply({ text: 'Now it works.' });
		await writer.getByRole('button', { name: 'Retry this step' }).click();
		await expect(writer).toContainText('Now it works.');
		await expect(writer).toContainText('Done');
		await expect(page.getByRole('button', { name: 'Retry this step' })).toHaveCount(0);
		const state = await api.state(run);
		expect(state.status).toBe('completed');
		expect(state.steps.map(({ attempt }) => attempt)).toEqual([1, 2]);
	});

test('R18 a run whose budget is used up offers a larger one, which goes on from what is done', async ({
	page,
	context,
	server,
	models
}) => {
	models.reply({ text: 'I have read.', usage: { prompt_tokens: 900, completion_tokens: 100 } });
	const { run } = await endedRun(context, server.url, 1_100);
	await page.goto(`/runs/${run}`);
	await expect(page.getByRole('meter', { name: 'Token budget' })).toHaveAttribute(
		'aria-valuetext',
		'1,000 of 1,100'
	);
	await expect(page.getByText(/Raise the token budget/).first()).toBeVisible();
	await expect(page.getByRole('button', { name: /^(Retry|Resume)/ })).toHaveCount(0);
	await page.getByText('Re-run with changes', { exact: true }).click();
	const form = page.locator('#rerun form');
	await form.getByLabel('Token budget').fill('100000');
	models.reply({ text: 'Written.' });
	await form.getByRole('button', { name: 'Re-run' }).click();
	await expect(page.getByRole('article', { name: 'writer' })).toContainText('Written.');
	await expect(page.getByText(/1 step · saved 1,000 tokens/)).toBeVisible();
});

for (const theme of THEMES)
	test(`a failed run and its re-run are accessible and fit (${theme})`, async ({
		page,
		context,
		server,
		models
	}) => {
		models.reply({ text: 'I have read.' }, REFUSED);
		await useTheme(page, server.url, theme);
		const { run } = await endedRun(context, server.url);
		await page.setViewportSize({ width: 360, height: 740 });
		for (const address of [`/?run=${run}`, `/runs/${run}`]) {
			await page.goto(address);
			await page.getByText('Re-run with changes', { exact: true }).click();
			await expect(page.locator('#rerun form')).toBeVisible();
			await expectAccessible(page, address);
			await expectTidy(page, address);
		}
	});
