import { eq } from 'drizzle-orm';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseRunId, type ClientId, type RunId } from '../../domain/ids';
import { rerunSchema } from '../../domain/workflow';
import type { Db } from '../db/client';
import { runs } from '../db/schema';
import { call, mortal, openStage, request, say, until, type Script } from './testing';
import { KILLED, failEveryFlush, killAtEveryWrite } from './testing-moments';

let stage: ReturnType<typeof openStage>;
let client: ClientId;

beforeEach(async () => {
	stage = openStage();
	client = await stage.addClient();
});
afterEach(() => stage.close());

const GRAPH = { a: [], b: ['a'], c: ['b'], z: [] };
const sha256 = (raw: string) => createHash('sha256').update(raw).digest('hex');
const writes =
	(filename: string, content: string): Script =>
	({ turn }) =>
		turn === 1 ? call(['write_file', { filename, content }]) : say(`wrote ${filename}`);
/** `a` and `b` write the same name one after the other; `z` is changed and works beside them. */
const scripts = { a: writes('x.txt', 'of a'), b: writes('x.txt', 'of b'), z: writes('z.txt', 'z') };
const change = rerunSchema.parse({
	agents: (request(GRAPH).agents ?? []).map((agent) =>
		agent.id === 'z' ? { ...agent, prompt: 'New.' } : agent
	)
});

async function firstRun(): Promise<RunId> {
	const engine = stage.openEngine({ scripts });
	const run = await engine.start(client, request(GRAPH));
	await engine.over(client, run);
	await engine.close();
	stage.asked.length = 0;
	return run;
}

/** @param beside what `z` has written */
async function expectWhole(
	engine: ReturnType<typeof stage.openEngine>,
	run: RunId,
	beside: string[] = ['z.txt']
) {
	const state = await engine.over(client, run);
	expect(state.status).toBe('completed');
	expect(state.steps.map((s) => [s.agent_id, s.attempt, s.reused !== undefined])).toEqual([
		['a', 1, true],
		['z', 1, false],
		['b', 1, true],
		['c', 1, true]
	]);
	const { artifacts } = await engine.artifacts.get(client, run);
	const made = artifacts.map((a) => [a.filename, a.version, a.agent_id, a.sha256]);
	expect(made.sort()).toEqual([
		['x.txt', 1, 'a', sha256('of a')],
		['x.txt', 2, 'b', sha256('of b')],
		...beside.map((name) => [name, 1, 'z', sha256('z')])
	]);
	const output = path.join(stage.layout.root, 'sessions', run, 'output');
	expect(readFileSync(path.join(output, 'x.txt'), 'utf8')).toBe('of b');
	const events = engine.log(run);
	expect(events.map((event) => event.seq)).toEqual(events.map((_, i) => i + 1));
	const finished = events.filter((event) => event.type === 'step_finished');
	expect(finished.map((event) => event.agent_id).sort()).toEqual(['a', 'b', 'c', 'z']);
	const shown = engine.view(run).steps.map((s) => [s.agent_id, s.status, s.attempt, s.answer]);
	expect(shown).toEqual(state.steps.map((s) => [s.agent_id, s.status, s.attempt, s.answer]));
}

test.each(KILLED)(
	'R21 every moment of a re-run is one it can be killed at: %s',
	async (_, midway) => {
		const first = await firstRun();
		const live = async (db: Db) => {
			const engine = stage.openEngine({ killed: true, scripts }, db);
			return engine.over(client, await engine.rerun(client, first, change));
		};
		await killAtEveryWrite(stage.db, midway, live, async () => {
			const second = stage.openEngine({ scripts });
			await second.open();
			for (const { id } of stage.db.q.select().from(runs).all())
				if (id !== first) await expectWhole(second, parseRunId(id));
			await second.close();
			for (const { id } of stage.db.q.select().from(runs).all())
				if (id !== first) await second.runs.remove(client, parseRunId(id));
		});
		expect(stage.asked.filter((turn) => !turn.startsWith('z'))).toEqual([]);
	}
);

test('R21 whatever flush of a re-run fails, what it was for is done again without a restart', async () => {
	const first = await firstRun();
	await failEveryFlush(stage.db, async (flaky) => {
		// A step fails whose own call cannot be recorded: this one makes none.
		const engine = stage.openEngine({ scripts: { ...scripts, z: () => say('z') } }, flaky);
		await engine.open();
		const run = await engine.rerun(client, first, change);
		await expectWhole(engine, run, []);
		await engine.close();
		await stage.db.write(() => stage.db.q.delete(runs).where(eq(runs.id, run)).run());
	});
});

test('R21 a file that was taken over and never got to its place is put there before anything goes on', async () => {
	const first = await firstRun();
	const life = mortal(stage.db);
	let settles = 0;
	// Dies after the rows of `b` are there and before its file is: its second unit never comes.
	const engine = stage.openEngine({ killed: true, scripts }, life.db);
	const { linkAt } = stage.files;
	stage.files.linkAt = async (source, key) => {
		if (key.endsWith('/x.txt') && ++settles === 2) {
			life.kill();
			return new Promise(() => undefined);
		}
		return linkAt(source, key);
	};
	const run = await engine.rerun(client, first, change);
	await until(() => settles === 2);
	stage.files.linkAt = linkAt;
	const output = path.join(stage.layout.root, 'sessions', run, 'output', 'x.txt');
	expect(readFileSync(output, 'utf8')).toBe('of a');
	const second = stage.openEngine({ scripts });
	await second.open();
	await expectWhole(second, run);
});
