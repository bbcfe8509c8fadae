import type { Page } from '@playwright/test';
import type { ApiClient } from '../support/api';
import { expectAccessible, expectTidy, tabTo } from '../support/looks';
import { expect, test, THEMES, useTheme } from '../support/page';

const NUMBERS = `day,visits\n${Array.from({ length: 30 }, (_, n) => `2024-03-${String(n + 1).padStart(2, '0')},${n * 3}`).join('\n')}\n`;

/** Starts a run whose agent needs a yes to each use of `execute_javascript`, and waits until it asks. */
async function askingRun(api: ApiClient, more: Record<string, unknown> = {}): Promise<string> {
	await api.put('numbers.csv', NUMBERS);
	const workflow = {
		id: 'guarded',
		name: 'Guarded',
		agents: [
			{
				id: 'profiler',
				model: 'builtin:analyst',
				prompt: 'Profile the files: write profile.json and summary.csv.',
				tools: ['list_files', 'execute_javascript'],
				tools_requiring_approval: ['execute_javascript'],
				...more
			}
		]
	};
	await api.json('/runtime/workflows/guarded', {
		method: 'PUT',
		body: JSON.stringify(workflow),
		headers: { 'content-type': 'application/json' }
	});
	const run = await api.start({
		id: 'guarded',
		user_directive: 'Which day?',
		attached_files: ['numbers.csv']
	});
	await api.events(run, { until: ({ type }) => type === 'approval_requested' });
	return run;
}

const cardOf = (page: Page) => page.getByRole('region', { name: 'profiler: Run JavaScript code' });

/** Counts how often the page sends a decision. */
function decisions(page: Page): string[] {
	const sent: string[] = [];
	page.on('request', (request) => {
		if (request.url().includes('?/approve')) sent.push(request.postData() ?? '');
	});
	return sent;
}

for (const where of ['console', 'run page'])
	test(`R20 on the ${where}, a person sees what will happen, approves, and the run goes on`, async ({
		page,
		api
	}) => {
		const run = await askingRun(api);
		const sent = decisions(page);
		await page.goto(where === 'console' ? `/?run=${run}` : `/runs/${run}`);
		if (where === 'console') await expect(page).toHaveTitle(/^▲ Needs approval/);
		await expect(page.getByRole('region', { name: 'Needs you' })).toContainText(
			'1 step needs your approval'
		);
		await expect(page.getByRole('group', { name: 'Agents' })).toContainText(/needs you/i);
		const card = cardOf(page);
		await expect(card).toContainText('files it will see numbers.csv');
		await expect(card.getByRole('group', { name: 'Code' })).toContainText('profile.json');
		await expect(card.locator('.hljs-keyword').first()).toBeVisible();
		// Nothing of it lies beyond an edge, and it is read from its beginning.
		const beyond = await card
			.getByRole('group', { name: 'Code' })
			.evaluate((code) => code.scrollWidth - code.clientWidth);
		expect(beyond).toBe(0);
		if (where === 'console') await expect(card.getByRole('heading')).toBeInViewport();
		await page.evaluate(() => Object.assign(window, { sameDocument: true }));
		// A double click as quick as can be.
		await card.getByRole('button', { name: 'Approve' }).evaluate((button) => {
			if (!(button instanceof HTMLButtonElement)) return;
			button.click();
			button.click();
		});

		const decided = page.getByRole('region', { name: 'Run JavaScript code', exact: true });
		await expect(decided).toContainText(/approved/i);
		await api.events(run);
		await expect(page.getByRole('region', { name: 'Needs you' })).toHaveCount(0);
		await expect(page.getByRole('article', { name: 'profiler' })).toContainText('Done');
		expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
		expect(sent).toHaveLength(1);
		expect((await api.state(run)).status).toBe('completed');
	});

test('R20 a press counts though the page moves under it; a pointer moved away takes it back', async ({
	page,
	api
}) => {
	const run = await askingRun(api);
	const sent = decisions(page);
	await page.goto(`/?run=${run}`);
	const approve = cardOf(page).getByRole('button', { name: 'Approve' });
	const press = async () => {
		await approve.scrollIntoViewIfNeeded();
		const box = await approve.boundingBox();
		const [x, y] = [(box?.x ?? 0) + 20, (box?.y ?? 0) + 10];
		await page.mouse.move(x, y);
		await page.mouse.down();
		return { x, y };
	};
	const { x, y } = await press();
	await page.mouse.move(x + 400, y - 80);
	await page.mouse.up();
	await press();
	// What the page may do meanwhile: a line comes above the pane, the pane follows what is newest.
	const before = (await approve.boundingBox())?.y ?? 0;
	await cardOf(page).evaluate((card) => {
		card.style.position = 'relative';
		card.style.top = '-90px';
	});
	expect((await approve.boundingBox())?.y).toBe(before - 90);
	await page.mouse.up();
	await expect(
		page.getByRole('region', { name: 'Run JavaScript code', exact: true })
	).toContainText(/approved/i);
	expect(sent).toHaveLength(1);
});

test('R20 a refused call is an answer that the agent reads, with the note', async ({
	page,
	api
}) => {
	const run = await askingRun(api);
	await page.goto(`/?run=${run}`);
	const card = cardOf(page);
	await card.getByLabel(/^Note/).fill('Not on these numbers.');
	await card.getByRole('button', { name: 'Refuse' }).click();
	const article = page.getByRole('article', { name: 'profiler' });
	await expect(article).toContainText(/refused/i);
	await expect(article).toContainText('Not on these numbers.');
	await page.reload();
	await expect(article).toContainText('Not on these numbers.');
	const events = await api.events(run);
	expect(events.find(({ type }) => type === 'approval_given')?.data).toMatchObject({
		approved: false,
		note: 'Not on these numbers.'
	});
});

test('R20 what somebody else has decided meanwhile is said, and nothing else is decided', async ({
	page,
	api,
	conduct
}) => {
	conduct.allow(/409/);
	const run = await askingRun(api);
	await page.goto(`/runs/${run}`);
	await expect(cardOf(page)).toBeVisible();
	// The page does not hear of it: its stream is cut.
	await page.route('**/events*', (route) => route.abort());
	conduct.allow(/events/);
	await page.reload();
	await api.json(`/runtime/${run}/approve`, {
		method: 'POST',
		body: JSON.stringify({ agent_id: 'profiler', approved: false }),
		headers: { 'content-type': 'application/json' }
	});
	await cardOf(page).getByRole('button', { name: 'Approve' }).click();
	await expect(page.getByRole('alert').filter({ hasText: /decided|wait/ })).toBeVisible();
});

test('R20 an agent that has to be allowed to begin shows its prompt; refused, it fails', async ({
	page,
	api
}) => {
	const run = await askingRun(api, { requires_approval: true });
	await page.goto(`/runs/${run}`);
	const card = page.getByRole('region', { name: 'profiler: Let the agent begin' });
	await expect(card.getByRole('group', { name: 'Prompt' })).toContainText('Profile the files');
	await expect(card).toContainText('execute_javascript');
	await expect(card).toContainText('numbers.csv');
	await card.getByRole('button', { name: 'Refuse' }).click();
	await expect(page.getByRole('article', { name: 'profiler' })).toContainText('Failed');
	await expect(page.getByText(/Retry asks again/).first()).toBeVisible();
});

test('R20 the question is found and answered by keyboard alone', async ({ page, api }) => {
	const run = await askingRun(api);
	await page.goto(`/?run=${run}`);
	await tabTo(page, page.getByRole('link', { name: /^profiler \(execute_javascript\)/ }));
	await page.keyboard.press('Enter');
	const card = cardOf(page);
	await expect(card).toBeFocused();
	await tabTo(page, card.getByLabel(/^Note/));
	await page.keyboard.type('Go on.');
	await tabTo(page, card.getByRole('button', { name: 'Approve' }));
	await page.keyboard.press('Enter');
	await expect(
		page.getByRole('region', { name: 'Run JavaScript code', exact: true })
	).toBeFocused();
	await api.events(run);
	expect((await api.state(run)).status).toBe('completed');
});

for (const theme of THEMES)
	test(`the question is accessible and fits (${theme})`, async ({ page, api, server }) => {
		await useTheme(page, server.url, theme);
		// Not the analyst's code: axe takes minutes over its thousands of coloured words.
		const run = await askingRun(api, { requires_approval: true });
		for (const width of [1440, 360]) {
			await page.setViewportSize({ width, height: 800 });
			for (const address of [`/?run=${run}`, `/runs/${run}`]) {
				await page.goto(address);
				await expect(page.getByRole('region', { name: 'profiler: Let the' })).toBeVisible();
				await expectAccessible(page, `${address} at ${width} px`);
				await expectTidy(page, `${address} at ${width} px`);
			}
		}
	});

test.describe('without scripts', () => {
	test.use({ javaScriptEnabled: false });

	for (const answer of ['Approve', 'Refuse'])
		test(`R20 ${answer} works as a plain form`, async ({ page, api }) => {
			const run = await askingRun(api);
			await page.goto('/');
			await expect(page.getByRole('region', { name: 'Needs you' })).toBeVisible();
			await cardOf(page).getByLabel(/^Note/).fill('As you like.');
			await cardOf(page).getByRole('button', { name: answer }).click();
			await expect(page).toHaveURL(`/?run=${run}`);
			await expect(page.getByRole('article', { name: 'profiler' })).toContainText('As you like.');
			const given = (await api.events(run)).find(({ type }) => type === 'approval_given');
			expect(given?.data.approved).toBe(answer === 'Approve');
		});
});
