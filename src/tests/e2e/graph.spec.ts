import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import type { ApiClient } from '../support/api';
import { startGemini } from '../support/gemini/stand-in';
import { expectAccessible, expectTidy, tabTo } from '../support/looks';
import { apiOf, expect, quickRun, test, THEMES, useTheme, WEATHER } from '../support/page';
import { startServer } from '../support/server';

const NAME = 'seattle-weather.csv';

const graphOf = (page: Page): Locator => page.locator('.svelte-flow');
const agentsOf = (page: Page): Locator => page.getByRole('group', { name: 'Agents' });
const agent = (page: Page, id: string): Locator => graphOf(page).locator(`[data-agent="${id}"]`);
const line = (page: Page, from: string, to: string): Locator =>
	graphOf(page).locator(`[data-id="${from} → ${to}"] [data-flow]`);

/** Sixty agents: one first, 58 side by side, one last. */
const many = Array.from({ length: 60 }, (_, i) => ({
	id: i === 0 ? 'collect-everything' : i === 59 ? 'final-report' : `region-${i}-analyst`,
	prompt: 'Look at it.',
	model: 'builtin:analyst',
	depends_on:
		i === 0
			? []
			: i === 59
				? Array.from({ length: 58 }, (_, n) => `region-${n + 1}-analyst`)
				: ['collect-everything']
}));
/** One after the other: longer than any screen. */
const chain = Array.from({ length: 60 }, (_, i) => ({
	id: `link-${i}`,
	prompt: 'Look at it.',
	model: 'builtin:analyst',
	depends_on: i === 0 ? [] : [`link-${i - 1}`]
}));

async function store(api: ApiClient, id: string, agents: unknown[]): Promise<void> {
	const answer = await api.fetch(`/runtime/workflows/${id}`, {
		method: 'PUT',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ id, name: `Workflow ${id}`, agents })
	});
	expect(answer.status).toBeLessThan(300);
}

/** Agents that are all inside the stage, and how tall their text is on the screen. */
function seen(page: Page) {
	return graphOf(page).evaluate((stage) => {
		const frame = stage.getBoundingClientRect();
		return [...stage.querySelectorAll<HTMLElement>('[data-agent]')].flatMap((node) => {
			const box = node.getBoundingClientRect();
			const text = node.querySelector<HTMLElement>('.text-xs, .text-sm');
			const inside =
				box.left >= frame.left - 1 &&
				box.right <= frame.right + 1 &&
				box.top >= frame.top - 1 &&
				box.bottom <= frame.bottom + 1;
			if (!inside || !text) return [];
			const scale = box.width / node.offsetWidth;
			return [{ id: node.dataset.agent, px: parseFloat(getComputedStyle(text).fontSize) * scale }];
		});
	});
}

test('the graph is live: statuses, times and what went along the lines', async ({ page, api }) => {
	test.slow();
	await api.put(NAME, await readFile(WEATHER));
	await page.goto('/?workflow=data-profile');
	await expect(graphOf(page)).toBeVisible();
	await expect(graphOf(page).locator('[data-agent]')).toHaveCount(4);
	await expect(line(page, 'profiler', 'charts')).toHaveAttribute('data-flow', 'waiting');
	const run = await api.start({
		id: 'data-profile',
		user_directive: 'What drives it?',
		attached_files: [NAME]
	});
	await page.goto(`/?run=${run}`);
	await expect(agent(page, 'profiler')).toContainText(/running|done/i);
	await expect(agent(page, 'writer')).toContainText(/waiting/i);
	await expect(line(page, 'profiler', 'charts')).toHaveAttribute('data-flow', 'active');
	for (const id of ['profiler', 'charts', 'quality', 'writer'])
		await expect(agent(page, id)).toContainText(/done/i, { timeout: 150_000 });
	await expect(agent(page, 'profiler')).toContainText(/\d s|ms/);
	const made = line(page, 'profiler', 'charts');
	await expect(made).toHaveAttribute('data-flow', 'passed');
	await expect(made.locator('title')).toContainText('profile.json');
	await expect(
		graphOf(page)
			.getByText(/^\d+ files?$/)
			.first()
	).toBeVisible();
	// The same after a reload, from the log alone.
	await page.reload();
	await expect(made.locator('title')).toContainText('profile.json');
});

test('R23 agents that are added appear in the graph, and nobody else moves up or down', async ({
	page,
	context
}) => {
	const gemini = await startGemini();
	const server = await startServer({ env: gemini.env });
	try {
		const api = await apiOf(context, server.url);
		const model = 'gemini:gemini-3.8-flash';
		const added = { relation: 'child', agents: [{ id: 'helper', prompt: 'You help.' }] };
		gemini.script('You lead.', { calls: [['delegate', added]] }, { text: ['Somebody helps.'] });
		gemini.script('You help.', { text: ['I have helped.'] });
		gemini.script('You close.', { text: ['Closed.'] });
		const run = await api.start({
			id: 'lead',
			name: 'Lead',
			user_directive: 'Get help.',
			agents: [
				{ id: 'lead', model, prompt: 'You lead.', allow_delegation: true, requires_approval: true },
				{ id: 'beside', model, prompt: 'You close.', requires_approval: true },
				{ id: 'last', model, prompt: 'You close.', depends_on: ['lead'] }
			]
		});
		await page.goto(`${server.url}/?run=${run}`);
		await expect(agent(page, 'lead')).toContainText(/needs you/i);
		await expect(agent(page, 'lead')).toContainText('asks: to begin');
		const place = (id: string) =>
			graphOf(page)
				.locator(`.svelte-flow__node[data-id="${id}"]`)
				.evaluate((node) => /translate\((.*?)px, (.*?)px\)/.exec(node.style.transform)?.slice(1));
		const before = { lead: await place('lead'), beside: await place('beside') };
		const approve = (agent_id: string) =>
			api.json(`/runtime/${run}/approve`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ agent_id, approved: true })
			});
		await approve('lead');
		await expect(agent(page, 'helper')).toContainText('by lead');
		// It needs approval because its maker did.
		await expect(agent(page, 'helper')).toContainText(/needs you/i);
		await approve('helper');
		await expect(agent(page, 'helper')).toContainText(/done/i);
		await expect(line(page, 'helper', 'last')).toHaveAttribute('data-flow', /passed|active/);
		expect({ lead: await place('lead'), beside: await place('beside') }).toEqual(before);
		await expectAccessible(page, 'a graph with added agents');
	} finally {
		await page.close();
		await server.dispose();
		await gemini.close();
	}
});

for (const theme of THEMES)
	test(`60 agents fit and can be read, as a graph and as a list (${theme})`, async ({
		page,
		api,
		server
	}) => {
		test.slow();
		await useTheme(page, server.url, theme);
		await page.setViewportSize({ width: 1440, height: 900 });
		await store(api, 'many', many);
		await store(api, 'chain', chain);
		await page.goto('/workflows/many');
		await expect.poll(async () => (await seen(page)).length).toBe(60);
		// Text keeps its size while the graph shrinks.
		for (const { id, px } of await seen(page)) expect(px, id).toBeGreaterThanOrEqual(10.9);
		await expectTidy(page, '60 agents');

		// Too long to be read at once: it shows where the work is, and a small map.
		await page.goto('/workflows/chain');
		await expect(agent(page, 'link-0')).toBeInViewport();
		for (const { id, px } of await seen(page)) expect(px, id).toBeGreaterThanOrEqual(10.9);
		await expect(page.getByRole('img', { name: 'Small map' })).toBeVisible();
		const whole = page.getByRole('button', { name: /Show the whole graph/ });
		await whole.click();
		await expect.poll(async () => (await seen(page)).length).toBe(60);
		// With the controls, the small map and the name of who made the drawing: all a graph can show.
		await expect(page.getByRole('link', { name: 'Svelte Flow attribution' })).toBeVisible();
		await expectAccessible(page, 'a long graph');

		await page.getByRole('button', { name: 'List', exact: true }).click();
		await expect(graphOf(page)).toHaveCount(0);
		await expect(agentsOf(page).getByRole('listitem')).toHaveCount(60);
		await expect(agentsOf(page)).toContainText('Waits for link-58.');
		await expectTidy(page, 'the list');
		// It is remembered.
		await page.goto('/workflows/many');
		await expect(agentsOf(page).getByRole('listitem')).toHaveCount(60);
		await expect(agentsOf(page)).toContainText('Waits for collect-everything.');
		await expect(graphOf(page)).toHaveCount(0);
	});

test('on a phone agents are a list, and the graph is there on demand', async ({ page, api }) => {
	await page.setViewportSize({ width: 360, height: 740 });
	await store(api, 'many', many);
	await page.goto('/workflows/many');
	const graph = page.getByRole('button', { name: 'Graph', exact: true });
	await expect(graph).toHaveAttribute('aria-pressed', 'false');
	await expect(agentsOf(page).getByRole('listitem')).toHaveCount(60);
	await expect(graphOf(page)).toHaveCount(0);
	await expectTidy(page, 'the list on a phone');
	await expectAccessible(page, 'the list on a phone');
	await graph.click();
	await expect(graphOf(page)).toBeVisible();
	await expectTidy(page, 'the graph on a phone');
});

test('a step is chosen, and the view changed, by keyboard alone', async ({ page, api }) => {
	await api.put(NAME, await readFile(WEATHER));
	const run = await quickRun(api, [NAME]);
	await page.goto(`/?run=${run}`);
	await expect(agent(page, 'profiler')).toBeVisible();
	await tabTo(page, page.getByRole('link', { name: 'Skip to content' }));
	await page.keyboard.press('Enter');
	await tabTo(page, agent(page, 'profiler'));
	await page.keyboard.press('ArrowRight');
	await expect(agent(page, 'quality')).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(agent(page, 'quality')).toHaveAttribute('aria-current', 'true');
	await expect(page.getByRole('article', { name: 'quality' })).toBeFocused();

	await agent(page, 'quality').focus();
	const follow = page.getByRole('button', { name: 'Follow the running step' });
	await expect(follow).toHaveAttribute('aria-pressed', 'true');
	const width = async () => (await agent(page, 'profiler').boundingBox())?.width ?? 0;
	const before = await width();
	await page.keyboard.press('+');
	await expect.poll(width).toBeGreaterThan(before * 1.2);
	await expect(follow).toHaveAttribute('aria-pressed', 'false');
	await page.keyboard.press('0');
	await expect.poll(width).toBe(before);
});

test('a failed step is tried again from its node, by mouse and by keyboard; its tokens count up', async ({
	page,
	context
}) => {
	const gemini = await startGemini();
	const server = await startServer({ env: gemini.env });
	try {
		const api = await apiOf(context, server.url);
		const model = 'gemini:gemini-3.8-flash';
		const looks = { calls: [['list_files', {}] satisfies [string, object]] };
		let go = () => {};
		const held = new Promise<void>((resolve) => (go = resolve));
		gemini.script('You look.', ...Array.from({ length: 30 }, () => looks), { text: ['Seen.'] });
		gemini.script(
			'You write.',
			{ calls: [['list_files', {}]], usage: { prompt: 1200, candidates: 34 } },
			{ text: ['Written.'], before: () => held }
		);
		const refused = { code: 400, status: 'INVALID_ARGUMENT', message: 'No.' };
		gemini.fault({ error: refused }, { agent: 'You write.', turn: 1, times: 2 });
		const run = await api.start({
			id: 'pair',
			name: 'Pair',
			user_directive: 'Look and write.',
			agents: [
				{ id: 'looker', model, prompt: 'You look.', tools: ['list_files'] },
				{
					id: 'writer',
					model,
					prompt: 'You write.',
					tools: ['list_files'],
					depends_on: ['looker']
				}
			]
		});
		await api.events(run);
		await page.goto(`${server.url}/?run=${run}`);
		const writer = agent(page, 'writer');
		await expect(writer).toContainText(/failed/i);
		const retry = page.getByRole('button', { name: 'Retry this step' });
		await writer.click();
		await expect(page.getByRole('group', { name: 'Why writer failed' })).toBeFocused();
		await expect(retry).toBeInViewport();
		await retry.click();
		await api.events(run, { until: ({ type, data }) => type === 'run_started' && !!data.resumed });
		await expect(writer).toContainText('attempt 2');
		await expect(writer).toContainText(/failed/i);

		await writer.focus();
		await page.keyboard.press('Enter');
		await expect(page.getByRole('group', { name: 'Why writer failed' })).toBeFocused();
		await page.keyboard.press('Tab');
		await expect(retry).toBeFocused();
		await page.keyboard.press('Enter');
		// While it works, and long before its end.
		await expect(writer).toContainText(/running/i);
		await expect(writer).toContainText('1,234 tokens');
		go();
		await expect(writer).toContainText(/done/i);
		expect(gemini.refusals()).toEqual([]);
	} finally {
		await page.close();
		await server.dispose();
		await gemini.close();
	}
});

for (const reducedMotion of ['reduce', 'no-preference'] as const)
	test(`lines and the view ${reducedMotion === 'reduce' ? 'do not move' : 'move'} with motion: ${reducedMotion}`, async ({
		page,
		api
	}) => {
		await page.emulateMedia({ reducedMotion });
		const still = reducedMotion === 'reduce';
		const asking = { depends_on: ['link-0'], requires_approval: true };
		const run = await api.start({
			id: 'ask',
			name: 'Ask',
			agents: [chain[0], { ...chain[1], ...asking }]
		});
		await page.goto(`/?run=${run}`);
		await expect(agent(page, 'link-1')).toContainText(/needs you/i);
		const moving = line(page, 'link-0', 'link-1').locator('.moving');
		await expect(moving).toHaveCSS('animation-name', still ? 'none' : /along/);
		// Each place that the view was drawn at on its way.
		await graphOf(page)
			.locator('.svelte-flow__viewport')
			.evaluate((view) => {
				const places = new Set<string>();
				Object.assign(window, { places });
				new MutationObserver(() => places.add(view.style.transform)).observe(view, {
					attributeFilter: ['style']
				});
			});
		const width = async () => (await agent(page, 'link-0').boundingBox())?.width ?? 0;
		const before = await width();
		await page.getByRole('button', { name: 'Zoom in (+)' }).click();
		await expect.poll(width).toBeCloseTo(before * 1.25, 0);
		const drawn = await page.evaluate(() => {
			const places: unknown = Reflect.get(window, 'places');
			return places instanceof Set ? places.size : 0;
		});
		if (still) expect(drawn).toBe(1);
		else expect(drawn).toBeGreaterThan(2);
	});

test('the wheel scrolls the page and zooms only with Ctrl; dragging moves the view', async ({
	page,
	api
}) => {
	await store(api, 'many', many);
	await page.goto('/workflows/many');
	await expect.poll(async () => (await seen(page)).length).toBe(60);
	const box = await graphOf(page).boundingBox();
	if (!box) throw new Error('no graph');
	const first = agent(page, 'collect-everything');
	const at = await first.boundingBox();
	await page.mouse.move(box.x + box.width / 2, box.y + 4);
	await page.mouse.down();
	await page.mouse.move(box.x + box.width / 2 + 80, box.y + 34, { steps: 4 });
	await page.mouse.up();
	await expect.poll(async () => (await first.boundingBox())?.x).toBeCloseTo((at?.x ?? 0) + 80, 0);
	await page.mouse.wheel(0, 200);
	await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(50);
	expect((await first.boundingBox())?.width).toBeCloseTo(at?.width ?? 0, 0);
	await page.keyboard.down('Control');
	await page.mouse.wheel(0, -200);
	await page.keyboard.up('Control');
	await expect.poll(async () => (await first.boundingBox())?.width).toBeGreaterThan(at?.width ?? 0);
});

test('the graph is fetched on demand and takes the place of the list', async ({ page, api }) => {
	await page.setViewportSize({ width: 1440, height: 900 });
	await api.library();
	const run = await api.start({ id: 'quick', name: 'Q', agents: chain.slice(0, 3) });
	await page.addInitScript(() => {
		Object.assign(window, { shift: 0 });
		new PerformanceObserver((list) => {
			for (const entry of list.getEntries())
				if ('value' in entry && typeof entry.value === 'number')
					Object.assign(window, { shift: Number(Reflect.get(window, 'shift')) + entry.value });
		}).observe({ type: 'layout-shift', buffered: true });
	});
	const html = await (await page.request.get(`/?run=${run}`)).text();
	expect(html).not.toContain('svelte-flow');
	await page.goto(`/?run=${run}`);
	await expect(graphOf(page)).toBeVisible();
	await expect(agent(page, 'link-2')).toContainText(/done/i, { timeout: 150_000 });
	expect(await page.evaluate(() => Number(Reflect.get(window, 'shift')))).toBeLessThan(0.05);
});
