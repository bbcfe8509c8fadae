import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyView, eventFromPayload, isRunEventType, type RunView } from '$lib/domain/run-event';
import { apply } from '$lib/domain/run-view';
import { auditStorage } from '../support/audit';
import { clientWithKey, newClient, type ApiClient, type ServerEvent } from '../support/api';
import { startServer, type TestServer } from '../support/server';

/* A person decides, by HTTP alone, on what the built-in analyst wants to run. */

const CSV = 'city,temp\nOslo,3.5\nRome,18\nCairo,28\n';
const CODE = 'execute_javascript';

let server: TestServer;
let client: ApiClient;

beforeAll(async () => {
	server = await startServer({ env: { MAX_ACTIVE_RUNS: '1', MAX_ACTIVE_RUNS_PER_CLIENT: '1' } });
	client = await newClient(server.url);
	await client.put('cities.csv', CSV);
});
afterAll(() => server.dispose());

const agent = (more: Record<string, unknown> = {}) => ({
	id: 'profiler',
	model: 'builtin:analyst',
	tools: ['list_files', 'read_file', 'write_file', CODE],
	prompt: 'Write profile.json and summary.csv.',
	...more
});
const start = (more: Record<string, unknown>, others: Record<string, unknown>[] = []) =>
	client.start({
		id: 'careful',
		name: 'Careful',
		agents: [agent(more), ...others],
		attached_files: ['cities.csv']
	});
const approve = (run: string, body: unknown, by = client) =>
	by.fetch(`/runtime/${run}/approve`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body)
	});
const asked = (event: ServerEvent) => event.type === 'approval_requested';
const yes = { agent_id: 'profiler', approved: true };

function viewOf(run: string, events: ServerEvent[]): RunView {
	return events.reduce((view, { id, type, data }) => {
		if (!isRunEventType(type)) throw new Error(`unknown event ${type}`);
		return apply(view, eventFromPayload(id, type, data));
	}, emptyView(run));
}

describe('a tool that needs approval', () => {
	it('R20 waits, shows the code that will run, survives kill -9, and runs it when approved', async () => {
		const run = await start({ tools_requiring_approval: [CODE] });
		const before = await client.events(run, { until: asked });
		const shown = before.at(-1)?.data;
		expect(shown).toMatchObject({
			agent_id: 'profiler',
			tool: CODE,
			files: ['cities.csv'],
			reason: `A person has to agree before the agent "profiler" calls "${CODE}".`
		});
		expect(String((shown?.arguments as { code: string }).code).length).toBeGreaterThan(100);
		expect((await client.state(run)).status).toBe('awaiting_approval');

		await server.kill9();
		server = await startServer({
			storageRoot: server.storageRoot,
			env: { MAX_ACTIVE_RUNS: '1', MAX_ACTIVE_RUNS_PER_CLIENT: '1' }
		});
		client = clientWithKey(server.url, client.key, client.clientId);
		expect(await client.state(run)).toMatchObject({
			status: 'awaiting_approval',
			active_agents: ['profiler']
		});
		// Who connects anew is shown the same.
		const again = await client.events(run, { until: asked });
		expect(again).toEqual(before);
		expect(viewOf(run, again).steps[0]?.approval).toEqual({
			turn: shown?.turn,
			call_id: shown?.call_id,
			tool: CODE,
			arguments: shown?.arguments,
			files: ['cities.csv'],
			reason: shown?.reason
		});

		// It holds no place: another run begins and ends meanwhile.
		const other = await client.start({ id: 'data-profile' });
		expect((await client.events(other)).at(-1)?.type).toBe('run_finished');

		const late = { ...yes, turn: Number(shown?.turn) + 1 };
		expect((await approve(run, late)).status).toBe(409);
		const decision = { ...yes, turn: shown?.turn, call_id: shown?.call_id };
		const answers = await Promise.all([approve(run, decision), approve(run, decision)]);
		expect(answers.map((answer) => answer.status).sort()).toEqual([202, 409]);
		expect(await answers.find((answer) => answer.status === 202)?.text()).toBe('');
		const log = [...before];
		while (log.at(-1)?.type !== 'run_finished') {
			// The analyst may run code once more; agree to that, too.
			if (viewOf(run, log).steps[0]?.approval?.turn !== shown?.turn) await approve(run, yes);
			log.push(...(await client.events(run, { after: log.at(-1)?.id ?? 0, until: asked })));
		}
		expect(log.at(-1)?.data).toMatchObject({ status: 'completed', error: null });
		const called = log.find((event) => event.type === 'tool_called' && event.data.tool === CODE);
		expect(called?.data.arguments).toEqual(shown?.arguments);
		const starts = log.filter((event) => event.type === 'step_started');
		expect(starts.map((event) => event.data.recovered)).toEqual([undefined]);
		const names = (await client.artifacts(run)).artifacts.map((artifact) => artifact.filename);
		expect(names).toEqual(expect.arrayContaining(['profile.json', 'summary.csv']));
		expect(auditStorage(server.storageRoot)).toEqual([]);
	});

	it('R20 a refusal is an answer to the model, which goes on without', async () => {
		const run = await start({ tools_requiring_approval: [CODE] });
		let after = (await client.events(run, { until: asked })).at(-1)?.id ?? 0;
		const no = { ...yes, approved: false, note: 'No code today.' };
		expect((await approve(run, no)).status).toBe(202);
		for (;;) {
			const more = await client.events(run, { after, until: asked });
			after = more.at(-1)?.id ?? 0;
			if (more.at(-1)?.type === 'run_finished') break;
			await approve(run, no);
		}
		const state = await client.state(run);
		expect(state.status).toBe('completed');
		expect(state.steps[0]?.answer).toContain('A person refused this call. Note: No code today.');
	});

	it('R12 must be among the agent’s own: 422 names the culprit', async () => {
		const answer = await client.fetch('/runtime/start', {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({
				id: 'x',
				agents: [agent({ tools_requiring_approval: ['execute_python'] })]
			})
		});
		expect(answer.status).toBe(422);
		expect(await answer.json()).toMatchObject({
			details: [{ agent_id: 'profiler', problem: 'approval_of_other_tool' }]
		});
	});
});

describe('an agent that needs approval', () => {
	it('R20 is refused, named with its note, and asks again when it is retried', async () => {
		const writer = { id: 'writer', depends_on: ['profiler'], prompt: 'Write report.md.' };
		const run = await start({ requires_approval: true }, [{ ...writer, model: 'builtin:analyst' }]);
		await client.events(run, { until: asked });
		expect((await approve(run, { ...yes, approved: false, note: 'Not yet.' })).status).toBe(202);
		await client.events(run);
		const state = await client.state(run);
		expect(state).toMatchObject({ status: 'failed', skipped_agents: ['writer'] });
		expect(state.steps[0]?.error).toEqual({
			code: 'approval_refused',
			message: 'A person refused to let the agent begin. Note: Not yet.'
		});
		expect((await client.fetch(`/runtime/${run}/resume`, { method: 'POST' })).status).toBe(202);
		await client.events(run, { after: state.last_event, until: asked });
		expect((await approve(run, yes)).status).toBe(202);
		await client.events(run, { after: state.last_event + 3 });
		expect((await client.state(run)).status).toBe('completed');
	});

	it('R17 is cancelled by stop', async () => {
		const run = await start({ requires_approval: true });
		await client.events(run, { until: asked });
		expect((await client.fetch(`/runtime/${run}/stop`, { method: 'POST' })).status).toBe(202);
		expect((await client.events(run)).at(-1)?.data).toMatchObject({ status: 'cancelled' });
		expect((await approve(run, yes)).status).toBe(409);
	});
});

describe('what is no decision', () => {
	it('R34 R38 is answered with what is wrong', async () => {
		const run = await start({ requires_approval: true });
		await client.events(run, { until: asked });
		const statuses = async (bodies: unknown[]) =>
			Promise.all(bodies.map(async (body) => (await approve(run, body)).status));
		expect(
			await statuses([
				{},
				{ ...yes, approved: 'yes' },
				{ ...yes, extra: 1 },
				{ ...yes, note: 'x'.repeat(5_001) },
				{ ...yes, agent_id: '../x' },
				{ ...yes, agent_id: 'nobody' }
			])
		).toEqual([422, 422, 422, 422, 422, 422]);
		const stranger = await newClient(server.url);
		const never = '00000000-0000-4000-8000-000000000000';
		const foreign = await approve(run, yes, stranger);
		const unknown = await approve(never, yes, stranger);
		expect([foreign.status, unknown.status]).toEqual([404, 404]);
		expect(await foreign.text()).toBe(await unknown.text());
		expect((await client.state(run)).status).toBe('awaiting_approval');
		expect((await approve(run, { ...yes, note: 'x'.repeat(5_000) })).status).toBe(202);
		await client.events(run);
	});

	it('deleting the client ends what waits', async () => {
		const leaving = await newClient(server.url);
		const run = await leaving.start({
			id: 'x',
			name: 'x',
			agents: [agent({ requires_approval: true })]
		});
		await leaving.events(run, { until: asked });
		expect((await leaving.fetch('/runtime/client', { method: 'DELETE' })).status).toBe(204);
		expect(auditStorage(server.storageRoot)).toEqual([]);
	});
});
