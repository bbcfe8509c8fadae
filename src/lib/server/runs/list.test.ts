import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it, test } from 'vitest';
import { isClientId, type ClientId } from '../../domain/ids';
import { openTestDb } from '../db/testing';
import { artifacts, clients, runs, steps } from '../db/schema';
import { createRunList } from './list';
import { createSums } from './sums';

const T0 = Date.UTC(2026, 10, 1);
const HOUR = 3_600_000;

let world: ReturnType<typeof openTestDb>;
let client: ClientId;

beforeEach(async () => {
	world = openTestDb();
	client = await addClient(1);
});
afterEach(() => world.close());

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

async function addClient(n: number): Promise<ClientId> {
	const id = uuid(n);
	if (!isClientId(id)) throw new Error(id);
	await world.db.write(() =>
		world.db.q
			.insert(clients)
			.values({ id, createdAt: new Date(T0), lastSeenAt: new Date(T0) })
			.run()
	);
	return id;
}

const ORDINARY = {
	workflowId: 'data-profile',
	name: 'Data profile',
	userDirective: 'What drives churn?',
	config: {},
	attachedFiles: [],
	status: 'completed'
} as const;

/** Run number `n` was made `n` hours after the first. */
async function addRun(n: number, more: Partial<typeof runs.$inferInsert> = {}): Promise<string> {
	const id = uuid(1000 + n);
	const createdAt = new Date(T0 + n * HOUR);
	await world.db.write(() =>
		world.db.q
			.insert(runs)
			.values({
				id,
				...ORDINARY,
				clientId: client,
				createdAt,
				startedAt: new Date(createdAt.getTime() + 1000),
				endedAt: new Date(createdAt.getTime() + 5000),
				...more
			})
			.run()
	);
	return id;
}

async function addSteps(runId: string, ...made: Partial<typeof steps.$inferInsert>[]) {
	await world.db.write(() => {
		for (const [position, more] of made.entries())
			world.db.q
				.insert(steps)
				.values({
					runId,
					agentId: `a${position}`,
					position,
					status: 'completed',
					model: 'gemini:x',
					...more
				})
				.run();
	});
}

const list = () => createRunList({ db: world.db });
const idsOf = async (page: Parameters<ReturnType<typeof createRunList>['list']>[1]) =>
	(await list().list(client, page)).runs.map((run) => run.run_id);

test('filters by status, workflow, text and time, alone and together', async () => {
	const old = await addRun(0, { status: 'failed' });
	const other = await addRun(1, { workflowId: 'essay', name: 'Über-Report' });
	const busy = await addRun(2, { status: 'running', endedAt: null, userDirective: 'SALES' });
	expect(await idsOf({})).toEqual([busy, other, old]);
	expect(await idsOf({ status: ['failed'] })).toEqual([old]);
	expect(await idsOf({ status: ['failed', 'running'] })).toEqual([busy, old]);
	expect(await idsOf({ workflow: 'essay' })).toEqual([other]);
	expect(await idsOf({ q: 'CHURN' })).toEqual([other, old]);
	expect(await idsOf({ q: ' sales ' })).toEqual([busy]);
	expect(await idsOf({ q: 'über' })).toEqual([other]);
	expect(await idsOf({ q: old.slice(-6) })).toEqual([old]);
	expect(await idsOf({ q: '%' })).toEqual([]);
	expect(await idsOf({ since: new Date(T0 + HOUR) })).toEqual([busy, other]);
	expect(await idsOf({ until: new Date(T0 + HOUR) })).toEqual([old]);
	expect(await idsOf({ q: 'churn', status: ['failed'], workflow: 'data-profile' })).toEqual([old]);
});

test('a page follows the other under every filter, without loss or repetition', async () => {
	for (let n = 0; n < 450; n += 1)
		await addRun(n, n % 3 === 0 ? { userDirective: 'Find the outliers', status: 'failed' } : {});
	for (const filter of [{}, { q: 'outliers' }, { status: ['failed'] as const }]) {
		const seen: string[] = [];
		let cursor: string | undefined;
		do {
			const page = await list().list(client, { ...filter, cursor, limit: 40 });
			seen.push(...page.runs.map((run) => run.run_id));
			cursor = page.next ?? undefined;
		} while (cursor !== undefined);
		const expected = Object.keys(filter).length === 0 ? 450 : 150;
		expect(seen).toHaveLength(expected);
		expect(new Set(seen).size).toBe(expected);
	}
});

test('a filter that finds nothing reads a bounded part, and says where to go on', async () => {
	const found = await addRun(-1, { status: 'failed', workflowId: 'rare', userDirective: 'Rare' });
	const at = (n: number) => new Date(T0 + n);
	await world.db.write(() => {
		for (let n = 0; n < 5200; n += 1)
			world.db.q
				.insert(runs)
				.values({
					id: randomUUID(),
					...ORDINARY,
					clientId: client,
					createdAt: at(n)
				})
				.run();
	});
	for (const filter of [{ status: ['failed'] as const }, { workflow: 'rare' }, { q: 'rare' }]) {
		const { runs: none, next } = await list().list(client, filter);
		expect(none).toEqual([]);
		const rest = await list().list(client, { ...filter, cursor: next ?? undefined });
		expect(rest.runs.map(({ run_id }) => run_id)).toEqual([found]);
		expect(rest.next).toBeNull();
	}
});

test('adds up tokens, cost, steps and what was saved; a cost that is not known is not zero', async () => {
	const priced = await addRun(0);
	await addSteps(
		priced,
		{ inputTokens: 100, outputTokens: 20, costUsd: 0.25 },
		{ inputTokens: 10, outputTokens: 0, costUsd: null, status: 'failed' },
		{ reused: { run_id: uuid(7), input_tokens: 40, output_tokens: 2, cost_usd: 0.5 } }
	);
	const unpriced = await addRun(1, { endedAt: null, status: 'running' });
	await addSteps(unpriced, { inputTokens: 5 });
	const free = await addRun(2, { startedAt: null, endedAt: null, status: 'queued' });
	const [queued, running, ended] = (await list().list(client, {})).runs;
	expect(ended).toMatchObject({
		run_id: priced,
		duration_ms: 4000,
		total_tokens_used: 130,
		cost_usd: 0.25,
		cost_complete: false,
		steps_total: 3,
		steps_done: 2,
		steps_reused: 1,
		saved_tokens: 42,
		saved_cost_usd: 0.5
	});
	expect(running).toMatchObject({ cost_usd: null, cost_complete: false, duration_ms: null });
	expect(queued).toMatchObject({ run_id: free, started_at: null, cost_usd: null, steps_total: 0 });
});

test('counts an artifact once, however many versions it has', async () => {
	const run = await addRun(0);
	await world.db.write(() => {
		for (const [filename, version] of [
			['a.txt', 1],
			['a.txt', 2],
			['b.txt', 1]
		] as const)
			world.db.q
				.insert(artifacts)
				.values({
					id: `${filename}${version}`,
					runId: run,
					clientId: client,
					agentId: 'a',
					filename,
					version,
					sizeBytes: 1,
					contentType: 'text/plain',
					sha256: 'x',
					generatedAt: new Date(T0),
					storageKey: `${filename}${version}`
				})
				.run();
	});
	expect((await list().list(client, {})).runs[0]?.artifact_count).toBe(2);
});

it('never shows the runs of another client, whatever is asked', async () => {
	await addRun(0);
	const stranger = await addClient(2);
	for (const page of [{}, { q: 'churn' }, { status: ['completed'] as const }])
		expect(await list().list(stranger, page)).toEqual({ runs: [], next: null });
});

test('an index serves every query of the list, without a scan or a sort', () => {
	const from = { at: new Date(T0), id: uuid(1) };
	const { statements } = createSums({ db: world.db });
	const queries = {
		all: list().statement(client, {}, null, 10),
		next: list().statement(client, {}, from, 10),
		time: list().statement(client, { since: from.at, until: from.at }, null, 10),
		everything: list().statement(client, { since: from.at, until: from.at }, from, 10),
		steps: statements.ofSteps([uuid(1), uuid(2)]),
		artifacts: statements.ofArtifacts([uuid(1), uuid(2)])
	};
	for (const [name, query] of Object.entries(queries)) {
		const { sql, params } = query.toSQL();
		const plan = world.db.raw
			.prepare(`explain query plan ${sql}`)
			.all(...params)
			.map((step) => JSON.stringify(step))
			.join('\n');
		expect(plan, name).toContain('INDEX');
		expect(plan, name).not.toMatch(/SCAN (artifacts|runs|steps)\b/);
		expect(plan, name).not.toContain('TEMP B-TREE');
	}
});
