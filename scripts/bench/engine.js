/** No-op steps through the real engine on a real, fully durable database, beside bare SQLite commits. */
import Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import process from 'node:process';
import { median, seconds } from './measure.js';
import { openSource } from './source.js';

const NOTHING = { input_tokens: 0, output_tokens: 0, cost_usd: 0 };
const noop = {
	id: 'builtin:noop',
	async *streamTurn() {
		yield { type: 'text', text: 'done' };
		yield { type: 'end', provider: 'builtin', model: 'noop', wire: {}, usage: NOTHING };
	}
};

/** @param {string} work @returns {Promise<import('./main.js').Row[]>} */
export async function benchEngine(work) {
	const source = await openSource();
	const { createLayout } = await source.load('server/storage/layout');
	const { prepareStorage } = await source.load('server/storage/prepare');
	const { createFiles } = await source.load('server/storage/files');
	const { openDb } = await source.load('server/db/client');
	const { createClients } = await source.load('server/clients/clients');
	const { createEventLog } = await source.load('server/runs/events');
	const { createSessions } = await source.load('server/runs/session');
	const { createArtifacts } = await source.load('server/artifacts/artifacts');
	const { createEngine } = await source.load('server/engine/engine');
	const { readConfig } = await source.load('server/platform/config');

	const layout = createLayout(path.join(work, 'engine'));
	await prepareStorage(layout);
	const db = openDb(layout.database, path.resolve('drizzle'));
	const files = createFiles(layout);
	const now = () => new Date();
	const config = readConfig({
		MAX_ACTIVE_RUNS: '64',
		MAX_ACTIVE_RUNS_PER_CLIENT: '64',
		MAX_PARALLEL_STEPS: '64'
	});
	const log = { info() {}, warn: console.warn, error: console.error, debug() {} };
	const library = { find: async () => null };
	const events = createEventLog({ db, now });
	const sessions = createSessions({ db, files, layout, library, now, log, config });
	const artifacts = createArtifacts({ db, files, library, config, now, newId: randomUUID, log });
	const engine = createEngine({
		db,
		events,
		sessions,
		collector: artifacts.collector,
		models: { resolve: () => noop.id, get: () => noop },
		tools: { get: () => null },
		sandbox: { release: async () => {} },
		library,
		workflows: { get: () => null },
		now,
		newId: randomUUID,
		log,
		config
	});
	await engine.open();
	const { client } = await createClients({ db, now, newId: randomUUID }).create();

	/** @param {(i: number) => string[]} dependsOn @param {number} agents */
	const workflow = (dependsOn, agents) => ({
		id: 'noop',
		name: 'no-op',
		user_directive: '',
		attached_files: [],
		agents: Array.from({ length: agents }, (_, i) => ({
			id: `a${i}`,
			role: 'worker',
			model: 'fast',
			tools: [],
			depends_on: dependsOn(i),
			prompt: 'Do nothing.',
			accepts_directive: true,
			allow_delegation: false,
			requires_approval: false
		}))
	});

	const statusOf = db.raw.prepare('select status from runs where id = ?').pluck();

	/** @param {unknown} config Starts a run and waits for its end. */
	async function finish(config) {
		const run = await engine.start(client.id, config);
		await new Promise((resolve, reject) => {
			const stop = events.subscribe(run, () => {
				const status = statusOf.get(run);
				if (status === 'queued' || status === 'running') return;
				stop();
				if (status === 'completed') resolve(undefined);
				else reject(new Error(`A run ended ${status}.`));
			});
		});
	}

	const width = 200;
	const wide = workflow(() => [], width);
	const batch = 20;
	const rates = [];
	const hops = [];
	const commits = [];
	const cpu = [];
	await finish(wide);
	const statements = countStatements(db.raw);
	for (let round = 0; round < 3; round++) {
		commits.push(bareCommits(path.join(work, `bare-${round}.db`)));
		const before = process.cpuUsage();
		const took = await statements.during(() =>
			seconds(() => Promise.all(Array.from({ length: batch }, () => finish(wide))))
		);
		const { user, system } = process.cpuUsage(before);
		cpu.push((user + system) / (batch * width));
		rates.push((batch * width) / took);
		const length = 100;
		const chain = workflow((i) => (i === 0 ? [] : [`a${i - 1}`]), length);
		hops.push(((await seconds(() => finish(chain))) * 1000) / length);
	}
	await engine.close();
	await db.close();
	await source.close();

	const rate = median(rates);
	const bare = median(commits);
	const hop = median(hops);
	const perStep = median(cpu);
	const { all, flushes, units } = statements.counted;
	const steps = rates.length * batch * width;
	return [
		{
			name: 'no-op steps, FULL durability',
			ours: `${Math.round(rate)}/s`,
			baseline: `${Math.round(bare)} bare commits/s`,
			ratio: `${(rate / bare).toFixed(2)}×`,
			target: '≥ 5,000/s',
			ok: rate >= 5000
		},
		{
			name: 'processor time of a step',
			ours: `${Math.round(perStep)} µs`,
			baseline: `${(all / steps).toFixed(1)} statements, ${(units / steps).toFixed(2)} units`,
			ratio: `${(units / flushes).toFixed(1)} units a flush`,
			target: '< 200 µs',
			ok: perStep < 200
		},
		{
			name: 'one hop of a chain',
			ours: `${hop.toFixed(2)} ms`,
			baseline: `${(1000 / bare).toFixed(2)} ms one bare commit`,
			ratio: `${(hop / (1000 / bare)).toFixed(1)}×`,
			target: '',
			ok: null
		}
	];
}

/** Counts what SQLite is asked while something goes on. @param {Database.Database} raw */
function countStatements(raw) {
	const counted = { all: 0, flushes: 0, units: 0 };
	let counting = false;
	const prototype = Object.getPrototypeOf(raw.prepare('select 1'));
	for (const method of ['run', 'get', 'all']) {
		const original = prototype[method];
		/** @this {Database.Statement} @param {unknown[]} parameters */
		prototype[method] = function (...parameters) {
			if (counting) {
				counted.all += 1;
				if (this.source === 'commit') counted.flushes += 1;
				if (this.source === 'savepoint unit') counted.units += 1;
			}
			return original.apply(this, parameters);
		};
	}
	return {
		counted,
		/** @template T @param {() => Promise<T>} work */
		async during(work) {
			counting = true;
			return work().finally(() => (counting = false));
		}
	};
}

/** Single-row commits a second with the same durability. @param {string} file */
function bareCommits(file) {
	const db = new Database(file);
	db.pragma('journal_mode = WAL');
	db.pragma('synchronous = FULL');
	db.exec('create table t (id integer primary key, data text)');
	const insert = db.prepare('insert into t (data) values (?)');
	const count = 3000;
	const from = performance.now();
	for (let i = 0; i < count; i++) insert.run('x'.repeat(200));
	const rate = count / ((performance.now() - from) / 1000);
	db.close();
	return rate;
}
