/** Opening a long run in a browser, beside a run of ten events in the same browser. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import process from 'node:process';
import { chromium } from '@playwright/test';
import Database from 'better-sqlite3';
import { inTurn, startRaro } from './measure.js';

const ROUNDS = 9;
const FIELD = 'input[name="run_search"]';

/** @param {string} work @returns {Promise<import('./main.js').Row[]>} */
export async function benchOpening(work) {
	const root = path.join(work, 'opening');
	const raro = await startRaro(root);
	const executablePath = process.env.CHROMIUM_PATH;
	const browser = await chromium.launch({
		...(executablePath ? { executablePath } : {}),
		args: ['--no-sandbox']
	});
	try {
		const client = /** @type {{client_id: string, client_key: string}} */ (
			await (await fetch(`${raro.url}/runtime/clients`, { method: 'POST' })).json()
		);
		const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
		const cookie = { name: 'raro_session_id', value: client.client_key, url: raro.url };
		await context.addCookies([cookie]);
		const short = `${raro.url}/runs/${write(root, client.client_id, 1, 1)}`;
		const long = `${raro.url}/runs/${write(root, client.client_id, 40, 50)}`;

		/** Milliseconds until something is seen, and until it can be used. @param {string} url */
		async function open(url) {
			const page = await context.newPage();
			await page.goto(url, { waitUntil: 'commit' });
			await page.locator(FIELD).waitFor({ state: 'visible' });
			const [seen, usable] = await page.evaluate(() => [
				performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
				performance.now()
			]);
			await page.close();
			return { seen: seen ?? NaN, usable: usable ?? NaN };
		}
		await open(short);
		await open(long);
		/** @type {Record<string, number[]>} */
		const seen = { short: [], long: [] };
		const usable = await inTurn(ROUNDS, {
			short: async () => {
				const took = await open(short);
				seen.short?.push(took.seen);
				return took.usable;
			},
			long: async () => {
				const took = await open(long);
				seen.long?.push(took.seen);
				return took.usable;
			}
		});
		const paint = { short: middle(seen.short), long: middle(seen.long) };
		const sizes = { short: await bytes(short, cookie), long: await bytes(long, cookie) };
		const page = await context.newPage();
		await page.goto(long, { waitUntil: 'networkidle' });
		const frames = {
			still: await scroll(page, 0),
			read: await scroll(page, 120),
			leap: await scroll(page, 2000)
		};
		return [
			row('open a run of 10,000 events: usable', usable, 'ms', 1000),
			row('the same: first paint', paint, 'ms', 1000),
			row('its document', sizes, 'KB', 200),
			...[
				{ name: 'a frame, scrolling 120 px each', took: frames.read },
				{ name: 'a frame, leaping 2,000 px each', took: frames.leap }
			].map(({ name, took }) => ({
				name,
				ours: `${Math.round(took)} ms`,
				baseline: `${Math.round(frames.still)} ms, the same page at rest`,
				ratio: `${(took / frames.still).toFixed(1)}×`,
				target: '',
				ok: null
			}))
		];
	} finally {
		await browser.close();
		await raro.stop();
	}
}

/** @param {string} name @param {{short: number, long: number}} took @param {string} unit @param {number} most */
function row(name, took, unit, most) {
	return {
		name,
		ours: `${Math.round(took.long)} ${unit}`,
		baseline: `${Math.round(took.short)} ${unit}, a run of 10 events`,
		ratio: `${(took.long / took.short).toFixed(1)}×`,
		target: `≤ ${most} ${unit}`,
		ok: took.long <= most
	};
}

/** @param {number[]} [values] */
function middle(values = []) {
	return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** @param {string} url @param {{name: string, value: string}} cookie */
async function bytes(url, cookie) {
	const answer = await fetch(url, { headers: { cookie: `${cookie.name}=${cookie.value}` } });
	return (await answer.arrayBuffer()).byteLength / 1000;
}

/**
 * The median frame of 200 while the page moves down so far in each, in milliseconds.
 * @param {import('@playwright/test').Page} page @param {number} pixels
 */
async function scroll(page, pixels) {
	return page.evaluate(async (pixels) => {
		window.scrollTo(0, 0);
		await new Promise(requestAnimationFrame);
		const frames = [];
		for (let n = 1, last = performance.now(); n <= 200; n++) {
			window.scrollBy(0, pixels);
			const now = await new Promise(requestAnimationFrame);
			frames.push(now - last);
			last = now;
		}
		return frames.toSorted((a, b) => a - b)[100] ?? NaN;
	}, pixels);
}

/**
 * Writes a finished run into the storage: so many agents that each think, call a tool and say something
 * so many times; five events each time.
 * @param {string} root @param {string} client @param {number} agents @param {number} rounds
 */
function write(root, client, agents, rounds) {
	const ids = Array.from({ length: agents }, (_, n) => `agent-${n + 1}`);
	const tool = 'execute_python';
	/** @type {[type: string, agent: string | null, data: unknown][]} */
	const log = [
		[
			'run_started',
			null,
			{
				workflow_id: 'w',
				name: 'Long',
				user_directive: 'Work long',
				attached_files: [],
				agents: ids.map((id, n) => ({
					id,
					role: 'worker',
					model: 'builtin:analyst',
					tools: [tool],
					depends_on: ids.slice(Math.max(0, n - 1), n)
				}))
			}
		]
	];
	for (const id of ids) {
		log.push(['step_started', id, { attempt: 1, model: 'builtin:analyst' }]);
		for (let turn = 1; turn <= rounds; turn++) {
			const call = { turn, call_id: `c${turn}`, tool };
			const code = `# Round ${turn}\nprint(${turn})\n`.repeat(4);
			const result = { stdout: `${turn}\n`.repeat(12) };
			log.push(
				['thought_delta', id, { turn, text: `Round ${turn}.\nWhat is next?` }],
				['tool_called', id, { ...call, arguments: { code } }],
				['tool_finished', id, { ...call, ok: true, result, duration_ms: 40 }],
				['text_delta', id, { turn, text: `**Round ${turn}** is ` }],
				['text_delta', id, { turn, text: 'done, `all` of it.\n\n- one\n- two' }]
			);
		}
		log.push([
			'step_finished',
			id,
			{
				status: 'completed',
				answer: 'Done.',
				error: null,
				turns: rounds,
				tools_used: [tool],
				input_tokens: 10,
				output_tokens: 10,
				cost_usd: null
			}
		]);
	}
	log.push(['run_finished', null, { status: 'completed', error: null, total_tokens_used: 20 }]);

	const run = randomUUID();
	const begun = Date.now() - 3_600_000;
	const db = new Database(path.join(root, 'raro.db'), { timeout: 10_000 });
	db.transaction(() => {
		db.prepare(
			`insert into runs (id, client_id, workflow_id, name, user_directive, config,
				attached_files, status, created_at, started_at, ended_at, expires_at, last_event)
			values (?, ?, 'w', 'Long', 'Work long', '{}', '[]', 'completed', ?, ?, ?, ?, ?)`
		).run(run, client, begun, begun, begun + log.length * 50, begun + 600_000_000, log.length);
		const insert = db.prepare(
			'insert into run_events (run_id, seq, type, agent_id, at, data) values (?, ?, ?, ?, ?, ?)'
		);
		log.forEach(([type, agent, data], n) =>
			insert.run(run, n + 1, type, agent, begun + n * 50, JSON.stringify(data))
		);
	})();
	db.close();
	return run;
}
