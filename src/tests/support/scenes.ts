import path from 'node:path';
import Database from 'better-sqlite3';
import { newClient, type ApiClient } from './api';
import { startGemini, type GeminiStandIn } from './gemini/stand-in';
import { writeRuns } from './many-runs';
import { smallPdf } from './pdf';
import { startServer, type TestServer } from './server';

/** A server with a client that has a run in every state; nothing in it moves any more. */
export interface Scenes {
	server: TestServer;
	/** Whose the runs and the workflow `own` are. */
	api: ApiClient;
	/** Has nothing yet. */
	newcomer: ApiClient;
	/** Has 120 runs. */
	crowd: ApiClient;
	/** Ids, in the order they were started. `again` is like `done`, with other words and files. */
	runs: Record<'expired' | 'failed' | 'done' | 'again' | 'waiting' | 'running', string>;
	close(): Promise<void>;
}

/** When it is on these scenes: later than any real day, so that nothing has expired. */
export const NOW = new Date('2099-03-02T09:30:00Z');

const REPORT = `# Where visits come from

| region | visits |
|:--|--:|
| north | 3,120 |
| south | 4,480 |

- **South** grows by 12 % a month.
- North stands still since \`2026-01\`.
`;
const PIXEL =
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const agent = (id: string, more: object = {}) => ({
	id,
	model: 'fast',
	prompt: `You are the ${id}.`,
	tools: ['read_file', 'write_file'],
	...more
});

const WORKFLOW = {
	id: 'own',
	name: 'Where visits come from',
	agents: [
		agent('reader'),
		agent('analyst', { depends_on: ['reader'] }),
		agent('critic', { depends_on: ['reader'] }),
		agent('writer', { depends_on: ['analyst', 'critic'] })
	]
};

const alone = (id: string, more: object = {}) => ({
	id: `${id}-alone`,
	name: `A ${id}`,
	agents: [agent(id, more)]
});

/** What the agents say; every turn costs the same. */
function playAll(gemini: GeminiStandIn): void {
	const usage = { prompt: 1200, candidates: 340 };
	const write = (filename: string, content: string): [string, Record<string, unknown>] => [
		'write_file',
		{ filename, content }
	];
	gemini.script(
		'You are the reader.',
		{
			thoughts: ['The file is small: I read all of it before I say anything.'],
			calls: [['read_file', { filename: 'visits.csv' }]],
			usage
		},
		{ text: ['Two columns, **day** and **visits**, without gaps.'], usage }
	);
	gemini.script(
		'You are the analyst.',
		{
			calls: [
				write('table.csv', 'region,visits\nnorth,3120\nsouth,4480\n'),
				write('facts.json', '{"total": 7600, "regions": ["north", "south"], "grows": true}')
			],
			usage
		},
		{ text: ['```python\ntotal = sum(visits)  # 7600\n```\n'], usage }
	);
	gemini.script('You are the critic.', { text: ['The south is one shop only. Say so.'], usage });
	gemini.script(
		'You are the writer.',
		{
			calls: [
				write('report.md', REPORT),
				write(
					'drawing.svg',
					'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="4" height="3" fill="#c33"/></svg>'
				)
			],
			usage
		},
		{ text: ['The report is in `report.md`. The **south** grows; the north does not.'], usage }
	);
	gemini.script('You are the blocked.', { blocked: 'SAFETY', usage });
	gemini.script(
		'You are the keeper.',
		{
			text: ['I would like to keep this:'],
			calls: [write('kept.md', '# Kept\n\nOnly with a yes.\n')],
			usage
		},
		{ text: ['Kept.'], usage }
	);
	// The last turn never comes.
	gemini.script(
		'You are the sleeper.',
		{ thoughts: ['First the files.'], calls: [['read_file', { filename: 'visits.csv' }]], usage },
		() => new Promise(() => undefined)
	);
}

/** Starts it all; takes some seconds. */
export async function startScenes(): Promise<Scenes> {
	const gemini = await startGemini();
	playAll(gemini);
	const server = await startServer({
		// No code is run here, and which sandbox a machine has is not to be seen.
		env: { ...gemini.env, MODEL_IDLE_TIMEOUT_S: '3000', SANDBOX: 'off' }
	});
	const [api, newcomer, crowd] = [
		await newClient(server.url),
		await newClient(server.url),
		await newClient(server.url)
	];
	await api.put('visits.csv', 'day,visits\n2026-01-01,3120\n2026-01-02,4480\n');
	await api.put('more-visits.csv', 'day,visits\n2026-01-03,4480\n');
	await api.put('pixel.png', Buffer.from(PIXEL, 'base64'));
	await api.put('paper.pdf', smallPdf('A paper'));
	const store = (workflow: object) =>
		api.json('/runtime/workflows/own', {
			method: 'PUT',
			body: JSON.stringify(workflow),
			headers: { 'content-type': 'application/json' }
		});
	await store({ ...WORKFLOW, agents: WORKFLOW.agents.slice(0, 3) });
	await store(WORKFLOW);

	const start = (workflow: object, user_directive: string, attached_files = ['visits.csv']) =>
		api.start({ ...workflow, user_directive, attached_files });
	const ended = async (run: Promise<string>) => {
		await api.events(await run);
		return run;
	};
	const until = async (run: Promise<string>, type: string) => {
		await api.events(await run, { until: (event) => event.type === type });
		return run;
	};
	const question = 'Where do visits come from, and what should we do about it?';
	const runs = {
		expired: await ended(start(alone('critic'), 'What was last year?')),
		failed: await ended(start(alone('blocked'), 'What may nobody ask?')),
		done: await ended(start(WORKFLOW, question)),
		again: await ended(start(WORKFLOW, `${question} Be brief.`, ['more-visits.csv', 'visits.csv'])),
		waiting: await until(
			start(alone('keeper', { tools_requiring_approval: ['write_file'] }), 'Keep what matters'),
			'approval_requested'
		),
		running: await until(start(alone('sleeper'), 'Take your time'), 'tool_finished')
	};
	writeRuns(server.storageRoot, crowd.clientId, 120);
	setTimes(server.storageRoot, Object.values(runs));
	return {
		server,
		api,
		newcomer,
		crowd,
		runs,
		async close() {
			await server.dispose();
			await gemini.close();
		}
	};
}

const MINUTE = 60_000;
/** Between two events of an agent, and between the beginnings of agents that wait for each other. */
const EVENT_MS = 1700;
const LEVEL_MS = 14_000;
const LEVELS: Record<string, number> = { reader: 0, analyst: 1, critic: 1, writer: 2 };
const LAST_MS = 3 * LEVEL_MS;

interface EventRow {
	seq: number;
	type: string;
	agent_id: string | null;
}

/** When each event is to have happened: pieces of text at once, all else evenly, agent by agent. */
function timesOf(events: EventRow[], begin: number): Map<number, number> {
	const before = new Map<string, number>();
	return new Map(
		events.map(({ seq, type, agent_id }) => {
			if (agent_id === null) return [seq, begin + (type === 'run_finished' ? LAST_MS : 0)];
			const count = before.get(agent_id) ?? 0;
			if (!type.endsWith('_delta')) before.set(agent_id, count + 1);
			return [seq, begin + (LEVELS[agent_id] ?? 0) * LEVEL_MS + count * EVENT_MS];
		})
	);
}

/**
 * Lets the runs have happened before `NOW`, ten minutes apart; the first has expired. What took a
 * while on this machine takes the same on every other.
 */
function setTimes(storageRoot: string, runs: string[]): void {
	const db = new Database(path.join(storageRoot, 'raro.db'), { timeout: 10_000 });
	const set = (sql: string, values: Record<string, unknown>) => db.prepare(sql).run(values);
	const eventsOf = db.prepare<[string], EventRow>(
		'select seq, type, agent_id from run_events where run_id = ? order by seq'
	);
	db.transaction(() => {
		for (const [n, id] of runs.entries()) {
			const begin = NOW.getTime() - (runs.length - n) * 10 * MINUTE;
			const expires = n === 0 ? Date.now() : NOW.getTime() + 7 * 24 * 60 * MINUTE;
			const made = new Date(begin + LEVEL_MS).toISOString();
			for (const [seq, at] of timesOf(eventsOf.all(id), begin))
				set('update run_events set at = @at where run_id = @id and seq = @seq', { id, seq, at });
			set(
				`update run_events set data = iif(type = 'tool_finished',
					json_set(data, '$.duration_ms', 1700), json_set(data, '$.generated_at', @made))
				 where run_id = @id and type in ('tool_finished', 'artifact_collected')`,
				{ id, made }
			);
			const at = Date.parse(made);
			set('update artifacts set generated_at = @at where run_id = @id', { id, at });
			set('update approvals set requested_at = @at where run_id = @id', { id, at });
			set(
				`update steps set
					started_at = (select min(at) from run_events e where e.run_id = @id
						and e.agent_id = steps.agent_id and e.type = 'step_started'),
					ended_at = (select max(at) from run_events e where e.run_id = @id
						and e.agent_id = steps.agent_id and e.type = 'step_finished')
				 where run_id = @id`,
				{ id }
			);
			set(
				`update runs set created_at = @begin, started_at = @begin,
					ended_at = iif(ended_at is null, null, @begin + ${LAST_MS}),
					expires_at = iif(expires_at is null, null, @expires)
				 where id = @id`,
				{ id, begin, expires }
			);
		}
		const at = NOW.getTime() - 24 * 60 * MINUTE;
		set('update library_files set uploaded_at = @at', { at });
		set('update workflow_versions set created_at = @at', { at });
		set('update workflows set created_at = @at, updated_at = @at', { at });
	})();
	db.close();
}
