import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import type { Locator, Page } from '@playwright/test';
import type { NewRunEvent } from '$lib/domain/run-event';
import { expectAccessible, expectTidy } from '../support/looks';
import { apiOf, expect, naturalWidth, quickRun, test, THEMES, useTheme } from '../support/page';

const START = Date.parse('2026-11-21T12:00:00Z');
const NEEDLE = 'needle-in-the-haystack';
const SVG =
	'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="150"><circle cx="75" cy="75" r="60"/></svg>';
const PIXEL = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
	'base64'
);
const outputOf = (page: Page): Locator => page.getByRole('region', { name: 'Output' });
const searchOf = (page: Page): Locator => page.getByLabel('Search in this run');

/** Writes a run of this log into the storage of a running server; event by event, 50 ms apart. */
async function writtenRun(
	page: Page,
	server: { url: string; storageRoot: string },
	events: NewRunEvent[],
	status = 'completed'
): Promise<string> {
	const { clientId } = await apiOf(page.context(), server.url);
	const id = randomUUID();
	const db = new Database(path.join(server.storageRoot, 'raro.db'), { timeout: 10_000 });
	try {
		db.transaction(() => {
			db.prepare(
				`insert into runs (id, client_id, workflow_id, name, user_directive, config,
					attached_files, status, created_at, started_at, ended_at, expires_at, last_event)
				values (?, ?, 'w', 'Long', 'Work long', '{}', '[]', ?, ?, ?, ?, ?, ?)`
			).run(
				id,
				clientId,
				status,
				START,
				START,
				START + events.length * 50,
				Date.now() + 600_000_000,
				events.length
			);
			const insert = db.prepare(
				'insert into run_events (run_id, seq, type, agent_id, at, data) values (?, ?, ?, ?, ?, ?)'
			);
			events.forEach(({ type, agent_id, data }, n) =>
				insert.run(id, n + 1, type, agent_id ?? null, START + n * 50, JSON.stringify(data))
			);
		})();
	} finally {
		db.close();
	}
	return id;
}

/** A run of some agents that each think, call a tool, and say something, again and again. */
function longLog(agents: number, rounds: number): NewRunEvent[] {
	const ids = Array.from({ length: agents }, (_, n) => `agent-${n + 1}`);
	const log: NewRunEvent[] = [
		{
			type: 'run_started',
			data: {
				workflow_id: 'w',
				name: 'Long',
				user_directive: 'Work long',
				attached_files: [],
				agents: ids.map((id, n) => ({
					id,
					role: 'worker',
					model: 'builtin:analyst',
					tools: ['execute_python'],
					depends_on: n === 0 ? [] : [ids[n - 1] ?? '']
				}))
			}
		}
	];
	for (const agent_id of ids) {
		log.push({ type: 'step_started', agent_id, data: { attempt: 1, model: 'builtin:analyst' } });
		for (let turn = 1; turn <= rounds; turn++) log.push(...roundOf(agent_id, turn, ids));
		log.push({
			type: 'step_finished',
			agent_id,
			data: {
				status: 'completed',
				answer: 'Done.',
				error: null,
				turns: rounds,
				tools_used: ['execute_python'],
				input_tokens: 10,
				output_tokens: 10,
				cost_usd: null
			}
		});
	}
	log.push({
		type: 'run_finished',
		data: { status: 'completed', error: null, total_tokens_used: 20 * agents }
	});
	return log;
}

function roundOf(agent_id: string, turn: number, ids: string[]): NewRunEvent[] {
	const call = { turn, call_id: `c${turn}`, tool: 'execute_python' };
	const here = agent_id === ids[Math.floor(ids.length / 2)] && turn === 3;
	return [
		{ type: 'thought_delta', agent_id, data: { turn, text: `Round ${turn}.\nWhat is next?` } },
		{
			type: 'tool_called',
			agent_id,
			data: { ...call, arguments: { code: `# Round ${turn}\nprint(${turn})\n`.repeat(4) } }
		},
		{
			type: 'tool_finished',
			agent_id,
			data: {
				...call,
				ok: true,
				result: { stdout: here ? `${'line\n'.repeat(3000)}${NEEDLE}` : `${turn}\n`.repeat(12) },
				duration_ms: 40
			}
		},
		{ type: 'text_delta', agent_id, data: { turn, text: `**Round ${turn}** is ` } },
		{ type: 'text_delta', agent_id, data: { turn, text: 'done, `all` of it.\n\n- one\n- two' } }
	];
}

test('a run of 10,000 events opens with a bounded page and scrolls to its end', async ({
	page,
	server
}) => {
	const log = longLog(40, 50);
	expect(log.length).toBeGreaterThan(10_000);
	const run = await writtenRun(page, server, log);
	const elements = () => page.evaluate(() => document.querySelectorAll('*').length);
	for (const [address, most] of [
		[`/runs/${run}`, 200_000],
		[`/?run=${run}`, 260_000]
	] as const) {
		const document = await (await page.request.get(address)).body();
		expect(document.length, address).toBeLessThan(most);
		await page.goto(address);
		const last = page.getByRole('article', { name: 'agent-40', exact: true });
		const end = last.getByText('Round 50', { exact: true }).last();
		await expect(searchOf(page)).toBeVisible();
		expect(await elements(), address).toBeLessThan(5000);
		// What the page did not bring is found, and shown, as soon as the log did.
		await searchOf(page).fill(NEEDLE);
		await expect(page.getByRole('search').getByRole('status')).toContainText('1 found');
		await searchOf(page).press('Enter');
		await expect(page.getByRole('group', { name: 'Printed' }).getByText(NEEDLE)).toBeVisible();
		await searchOf(page).fill('');
		await outputOf(page).getByRole('tab', { name: 'Timeline' }).click();
		await outputOf(page)
			.getByRole('link', { name: /agent-30 Done/ })
			.click();
		const middle = page.getByRole('article', { name: 'agent-30', exact: true });
		await expect(middle).toBeFocused();
		await expect(middle.getByText('Round 1', { exact: true }).last()).toBeInViewport();
		// At the top, though what stands above it was drawn on the way.
		const below = () => middle.evaluate(distanceFromTop);
		await expect.poll(below, { message: address }).toBeLessThan(60);
		await expect(async () => {
			await page.evaluate(scrollToEnd);
			await expect(end).toBeInViewport({ timeout: 500 });
		}).toPass({ timeout: 30_000 });
		// What was left behind is not drawn any more.
		await expect.poll(elements).toBeLessThan(8000);
		await page.evaluate(scrollToStart);
		const first = page.getByRole('article', { name: 'agent-1', exact: true });
		await expect(first.getByText('Round 1', { exact: true }).first()).toBeInViewport();
	}
});

test.describe('without scripts', () => {
	test.use({ javaScriptEnabled: false });

	test('a long run and a long result are read to their end, page by page', async ({
		page,
		server
	}) => {
		const run = await writtenRun(page, server, longLog(8, 20));
		await page.goto(`/runs/${run}`);
		const step = page.getByRole('article', { name: 'agent-5', exact: true });
		await expect(step.getByText('Round 1')).toHaveCount(0);
		await step.getByRole('link', { name: 'Read 60 more items' }).click();
		const call = step.locator('details').filter({ hasText: 'Round 3' }).nth(1);
		await call.locator('summary').click();
		await expect(page.getByText(NEEDLE)).toHaveCount(0);
		await expect(step.getByRole('link', { name: 'Read it whole' })).toBeVisible();
		await call.getByRole('link', { name: 'Show all' }).click();
		await expect(step.getByRole('group', { name: 'Printed' }).getByText(NEEDLE)).toBeVisible();
		const last = page.getByRole('article', { name: 'agent-8', exact: true });
		await last.getByRole('link', { name: /^Read \d+ more items$/ }).click();
		await expect(last.getByText('**Round 20**')).toBeVisible();
	});
});

/** Of the page, or of the pane that scrolls by itself. */
function distanceFromTop(element: Element): number {
	const pane = document.querySelector('[aria-label="Steps"]');
	return element.getBoundingClientRect().top - (pane?.getBoundingClientRect().top ?? 0);
}

/** Of the page, or of the pane that scrolls by itself. */
function scrollToEnd(): void {
	const pane = document.querySelector('[aria-label="Steps"]') ?? document.documentElement;
	pane.scrollTop = pane.scrollHeight;
}

/** Where the first step begins. */
function scrollToStart(): void {
	document.getElementById('step-agent-1')?.scrollIntoView();
}

test('the output follows what happens until one scrolls away, and again when asked', async ({
	page,
	server
}) => {
	const log = longLog(3, 12).slice(0, -2);
	const run = await writtenRun(page, server, log, 'running');
	await page.goto(`/?run=${run}`);
	const steps = outputOf(page).getByRole('group', { name: 'Steps' });
	const newest = steps.getByText('Round 12', { exact: true }).last();
	const jump = outputOf(page).getByRole('button', { name: 'Jump to newest' });
	const running = outputOf(page).getByRole('button', { name: 'Go to running step agent-3' });
	const top = () => steps.evaluate((element) => element.scrollTop);
	/** Something comes after all that is there. */
	const grow = () =>
		steps.evaluate((element) => {
			const call = [...element.querySelectorAll('details')].at(-1);
			if (call) call.open = !call.open;
		});
	await expect(newest).toBeInViewport();
	await expect(jump).toHaveCount(0);
	// However far one reads, it says whose words these are.
	await expect(steps.getByRole('heading', { name: 'agent-3' })).toBeInViewport();
	const before = await top();
	await grow();
	await expect.poll(top).toBeGreaterThan(before);
	await expect(newest).toBeInViewport();

	await steps.hover();
	await page.mouse.wheel(0, -600);
	await expect(jump).toBeVisible();
	const held = await top();
	await grow();
	await grow();
	await expect(newest).not.toBeInViewport();
	expect(await top()).toBeLessThanOrEqual(held);
	await jump.click();
	await expect(newest).toBeInViewport();
	await expect(jump).toHaveCount(0);

	await steps.press('Home');
	await expect(jump).toBeVisible();
	await running.click();
	await expect(newest).toBeInViewport();
});

test('the search finds what is folded and far away, shows it whole and counts', async ({
	page,
	server
}) => {
	const run = await writtenRun(page, server, longLog(8, 20));
	await page.goto(`/runs/${run}`);
	await expect(searchOf(page)).toBeVisible();
	await page.keyboard.press('/');
	await expect(searchOf(page)).toBeFocused();
	await page.keyboard.type(NEEDLE.toUpperCase());
	const search = page.getByRole('search');
	await expect(search.getByRole('status')).toContainText('1 found');
	await expect(outputOf(page).getByText(NEEDLE)).toHaveCount(0);
	await page.keyboard.press('Enter');
	await expect(search.getByRole('status')).toContainText('1/1');
	const printed = outputOf(page).getByRole('group', { name: 'Printed' }).getByText(NEEDLE);
	await expect(printed).toBeVisible();
	expect(await markedTexts(page, 'found-now')).toEqual([NEEDLE]);

	await searchOf(page).fill('round 7');
	// A comment four times, a thought and an answer, of each agent.
	await expect(search.getByRole('status')).toContainText(`${8 * 6} found`);
	await page.keyboard.press('Enter');
	await expect(search.getByRole('status')).toContainText('1/48');
	await expect(outputOf(page).locator('details[open]').filter({ hasText: 'Round 7.' })).toHaveCount(
		1
	);
	await page.keyboard.press('Shift+Enter');
	await expect(search.getByRole('status')).toContainText('48/48');
	await expect(
		page.getByRole('article', { name: 'agent-8' }).getByText('Round 7').last()
	).toBeInViewport();
	await search.getByRole('button', { name: 'Next place' }).click();
	await expect(search.getByRole('status')).toContainText('1/48');

	await searchOf(page).fill('nowhere at all');
	await expect(search.getByRole('status')).toContainText('None');
	await searchOf(page).press('Escape');
	await expect(searchOf(page)).toHaveValue('');
	expect(await markedTexts(page, 'found')).toEqual([]);
});

const markedTexts = (page: Page, name: string): Promise<string[]> =>
	page.evaluate(
		(mark) => [...(CSS.highlights.get(mark) ?? [])].map((range) => String(range)),
		name
	);

test('the timeline tells when each step worked and leads to it', async ({ page, server }) => {
	const run = await writtenRun(page, server, longLog(5, 4));
	await page.goto(`/runs/${run}`);
	const output = outputOf(page);
	await output.getByRole('tab', { name: 'Timeline' }).click();
	const rows = output.getByRole('list', { name: 'Timeline' }).getByRole('listitem');
	await expect(rows).toHaveCount(5);
	const third = rows.nth(2).getByRole('link');
	await expect(third).toHaveAccessibleName(/agent-3\s*Done, 1\.1 s, 4 tool calls/);
	await third.focus();
	await expect(output.getByText('4 tool calls, 160 ms')).toBeVisible();
	await page.keyboard.press('ArrowRight');
	await page.keyboard.press('ArrowRight');
	await expect(output.getByText('execute_python, succeeded')).toBeVisible();

	await output.getByText('As a table').click();
	const table = output.getByRole('region', { name: 'Timeline as a table' });
	await expect(table.getByRole('row', { name: /agent-3 Done/ })).toContainText('1.1 s');
	await third.press('Enter');
	await expect(page.getByRole('article', { name: 'agent-3' })).toBeFocused();
	await expect(page.getByRole('article', { name: 'agent-3' })).toBeInViewport();

	await output.getByRole('tab', { name: 'Transcript' }).press('ArrowRight');
	await expect(output.getByRole('tab', { name: 'Timeline' })).toBeFocused();
	await expect(rows).toHaveCount(5);
});

test('a step can be asked for again, and another run begins anew, unfolded for its re-run', async ({
	page,
	server
}) => {
	const run = await writtenRun(page, server, longLog(3, 4));
	const other = await writtenRun(page, server, longLog(3, 4));
	await page.goto(`/runs/${run}`);
	const output = outputOf(page);
	const step = page.getByRole('article', { name: 'agent-2' });
	const node = page.locator('[data-agent="agent-2"]');
	await node.click();
	await expect(step).toBeFocused();
	await output.getByRole('tab', { name: 'Timeline' }).click();
	await expect(step).toBeHidden();
	await node.click();
	await expect(step).toBeFocused();

	await searchOf(page).fill('Round 2');
	await page.getByRole('button', { name: 'Commands' }).click();
	const id = other.slice(0, 8);
	await page.keyboard.type(`re-run ${id}`);
	await page.getByRole('option', { name: `Re-run ${id} with changes` }).click();
	await expect(page).toHaveURL(new RegExp(`/runs/${other}#rerun$`));
	await expect(page.locator('#rerun form')).toBeVisible();
	await expect(searchOf(page)).toHaveValue('');
});

test('files show their beginning where they were made, and open from there', async ({
	page,
	api,
	context
}) => {
	await context.grantPermissions(['clipboard-read', 'clipboard-write']);
	await api.put('visits.csv', 'city,visits\nUlm,3\nBonn,5\n');
	const run = await quickRun(api, ['visits.csv']);
	await page.goto(`/runs/${run}`);
	const links = page.getByRole('article').getByRole('list', { name: 'Artifacts' });
	const cardOf = (name: RegExp) => links.getByRole('listitem').filter({ hasText: name });
	const report = cardOf(/quality\.md/);
	await report.scrollIntoViewIfNeeded();
	await expect(report.locator('[data-excerpt] h1')).toBeAttached();
	await expect(cardOf(/profile\.json/).locator('[data-excerpt] pre')).toContainText('{');
	// The box had its size before the file was there.
	expect((await report.locator('[data-excerpt]').boundingBox())?.height).toBe(160);
	await report.getByRole('link').click();
	await expect(page.getByRole('dialog', { name: 'quality.md' })).toBeVisible();
	await page.keyboard.press('Escape');

	const profiler = page.getByRole('article', { name: 'profiler' });
	const call = profiler.locator('details').filter({ hasText: 'execute_' }).first();
	await call.locator('summary').click();
	await call.getByRole('button', { name: 'Copy code' }).click();
	const copied = await page.evaluate(() => navigator.clipboard.readText());
	expect(copied).toContain((await call.getByRole('group', { name: 'Code' }).innerText()).trim());
	// What one unfolds is told by the log alone: it is there again after a reload.
	await page.reload();
	await expect(call).toBeVisible();
});

test('a picture, a drawing, a table, a text and a page show what they are, in boxes that keep their size', async ({
	page,
	server,
	conduct
}) => {
	// The browser tells that the script in the page was kept from running.
	conduct.allow(/Blocked script execution in 'about:srcdoc'/);
	const files = {
		'chart.png': ['image/png', PIXEL],
		'plan.svg': ['image/svg+xml', SVG],
		'sums.csv': ['text/csv', 'city,visits\nUlm,3\nBonn,5\n'],
		'report.md': ['text/markdown', '# Findings\n\n| a | b |\n|---|---|\n| 1 | 2 |\n'],
		'page.html': ['text/html', '<h1>Hello</h1><script>document.body.append("ran")</script>']
	} as const;
	const log = longLog(1, 1);
	const made = Object.entries(files).map(([filename, [content_type, content]], n) => ({
		filename,
		version: 1,
		agent_id: 'agent-1',
		generated_at: new Date(START + n).toISOString(),
		size_bytes: content.length,
		content_type,
		sha256: createHash('sha256').update(content).digest('hex')
	}));
	log.splice(
		-2,
		0,
		...made.map((data): NewRunEvent => ({ type: 'artifact_collected', agent_id: 'agent-1', data }))
	);
	const run = await writtenRun(page, server, log);
	const { clientId } = await apiOf(page.context(), server.url);
	const db = new Database(path.join(server.storageRoot, 'raro.db'), { timeout: 10_000 });
	for (const { filename, content_type, size_bytes, sha256 } of made) {
		const key = `artifacts/${clientId}/${run}/${filename}`;
		mkdirSync(path.join(server.storageRoot, path.dirname(key)), { recursive: true });
		writeFileSync(path.join(server.storageRoot, key), files[filename as keyof typeof files][1]);
		db.prepare(
			`insert into artifacts (id, run_id, client_id, agent_id, filename, version, content_type,
				generated_at, storage_key, size_bytes, sha256)
			values (?, ?, ?, 'agent-1', ?, 1, ?, ?, ?, ?, ?)`
		).run(randomUUID(), run, clientId, filename, content_type, START, key, size_bytes, sha256);
	}
	db.close();

	await page.goto(`/runs/${run}`);
	const cards = page.getByRole('article').getByRole('list', { name: 'Artifacts' });
	const cardOf = (name: string) => cards.getByRole('listitem').filter({ hasText: name });
	const boxOf = (name: string) => cardOf(name).locator('[data-excerpt]');
	const heights = () =>
		cards.locator('[data-excerpt]').evaluateAll((boxes) => boxes.map((box) => box.clientHeight));
	await cardOf('chart.png').scrollIntoViewIfNeeded();
	const before = await heights();
	expect(before).toHaveLength(5);
	await expect.poll(() => naturalWidth(boxOf('chart.png').locator('img'))).toBe(1);
	await expect.poll(() => naturalWidth(boxOf('plan.svg').locator('img'))).toBe(300);
	await expect(boxOf('sums.csv').locator('td')).toHaveText(['Ulm', '3', 'Bonn', '5']);
	await expect(boxOf('report.md').locator('td')).toHaveText(['1', '2']);
	const frame = boxOf('page.html').frameLocator('iframe');
	await expect(frame.locator('h1')).toHaveText('Hello');
	await expect(frame.locator('body')).not.toContainText('ran');
	expect(await heights()).toEqual(before);

	for (const name of Object.keys(files)) {
		await cardOf(name).getByRole('link').click();
		await expect(page.getByRole('dialog', { name })).toBeVisible();
		await page.keyboard.press('Escape');
		await expect(page.getByRole('dialog', { name })).toBeHidden();
	}
});

test('a failed call stands open with its error, a thought is folded', async ({ page, server }) => {
	const log = longLog(1, 1).map((event): NewRunEvent =>
		event.type === 'tool_finished'
			? { ...event, data: { ...event.data, ok: false, result: { error: 'No such column: x' } } }
			: event
	);
	const run = await writtenRun(page, server, log);
	await page.goto(`/runs/${run}`);
	const step = page.getByRole('article', { name: 'agent-1' });
	await expect(step.getByRole('group', { name: 'Error' })).toHaveText('No such column: x');
	await expect(step.getByRole('group', { name: 'Error' })).toBeVisible();
	await expect(step.getByText('What is next?')).toBeHidden();
});

for (const theme of THEMES)
	test(`transcript, search and timeline are tidy and accessible (${theme})`, async ({
		page,
		server
	}) => {
		await useTheme(page, server.url, theme);
		const run = await writtenRun(page, server, longLog(4, 3));
		for (const width of [360, 1440]) {
			await page.setViewportSize({ width, height: 800 });
			await page.goto(`/runs/${run}`);
			await searchOf(page).fill('round 2');
			await searchOf(page).press('Enter');
			await expect(page.getByRole('search').getByRole('status')).toContainText('1/');
			await expectTidy(page, `transcript ${width}`);
			await expectAccessible(page, `transcript ${width}`);
			await outputOf(page).getByRole('tab', { name: 'Timeline' }).click();
			await outputOf(page).getByText('As a table').click();
			await expectTidy(page, `timeline ${width}`);
			await expectAccessible(page, `timeline ${width}`);
		}
	});
