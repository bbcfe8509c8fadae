import { randomUUID } from 'node:crypto';
import path from 'node:path';
import Database from 'better-sqlite3';

const DIRECTIVES = [
	'What drives churn in the last quarter, and which customers are about to leave?',
	'Profile the weather',
	'',
	'A directive that goes on and on: '.repeat(12)
];
const CONFIG = JSON.stringify({
	id: 'data-profile',
	name: 'Data profile',
	agents: ['profiler', 'report'].map((id) => ({ id, model: 'builtin:analyst', prompt: 'Do it.' }))
});
const STATUSES = ['completed', 'completed', 'completed', 'failed', 'cancelled'];

/**
 * Writes ended runs of a client into the storage of a running server, the newest an hour old, with
 * two steps each. Returns their ids, newest first.
 */
export function writeRuns(storageRoot: string, clientId: string, count: number): string[] {
	const db = new Database(path.join(storageRoot, 'raro.db'));
	const run = db.prepare(
		`insert into runs (id, client_id, workflow_id, name, user_directive, config, attached_files,
			status, error, created_at, started_at, ended_at, expires_at, last_event)
		 values (@id, @client, 'data-profile', 'Data profile', @directive, @config, '[]',
			@status, @error, @at, @at + 1000, @at + 61000, @at + 6e11, 0)`
	);
	const step = db.prepare(
		`insert into steps (run_id, agent_id, position, status, model, tools_used, input_tokens,
			output_tokens, cost_usd, started_at, ended_at)
		 values (@id, @agent, @position, @status, 'gemini:flash', '[]', 1200, 340, @cost, @at, @at + 5000)`
	);
	const made = Array.from({ length: count }, () => randomUUID());
	const newest = Date.now() - 3_600_000;
	db.pragma('busy_timeout = 5000');
	db.transaction(() => {
		for (const [n, id] of made.entries()) {
			const at = newest - n * 1_800_000;
			const status = STATUSES[n % STATUSES.length];
			const error =
				status === 'failed'
					? '{"code":"model_unavailable","message":"The model could not be reached."}'
					: null;
			const directive = `${DIRECTIVES[n % DIRECTIVES.length] ?? ''}${n % 4 === 2 ? '' : ` #${n}`}`;
			run.run({ id, client: clientId, directive, config: CONFIG, status, error, at });
			for (const [position, agent] of ['profiler', 'report'].entries())
				step.run({ id, agent, position, status, at, cost: n % 7 === 0 ? null : 0.0123 });
		}
	})();
	db.close();
	return made;
}
