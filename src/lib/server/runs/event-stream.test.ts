import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClientId, RunId } from '../../domain/ids';
import { eventFromPayload, type RunEvent, type RunEventType } from '../../domain/run-event';
import { gate, openStage, request, say, until, viewOf } from '../engine/testing';
import { resumePoint, streamEvents } from './event-stream';

let stage: ReturnType<typeof openStage>;
let client: ClientId;

beforeEach(async () => {
	stage = openStage();
	client = await stage.addClient();
});
afterEach(() => stage.close());

type Engine = ReturnType<typeof stage.openEngine>;

const open = (engine: Engine, run: RunId, after: number, heartbeatMs?: number) =>
	streamEvents(
		{
			events: engine.events,
			standing: engine.runs.standing,
			...(heartbeatMs === undefined ? {} : { heartbeatMs })
		},
		run,
		after
	);

function parse(raw: string): RunEvent[] {
	return raw.split('\n\n').flatMap((block) => {
		const found = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(block);
		if (!found) return [];
		const [, id, type, data] = found;
		return [eventFromPayload(Number(id), type as RunEventType, JSON.parse(data ?? ''))];
	});
}

test('R19 streams what is stored and what comes, and ends with the run', async () => {
	const hold = gate();
	const engine = stage.openEngine({
		scripts: {
			b: async function* () {
				await hold.opened;
				yield* say('b');
			}
		}
	});
	const run = await engine.start(client, request({ a: [], b: ['a'] }));
	await until(() => stage.asked.includes('b:1'));
	const whole = new Response(open(engine, run, 0)).text();
	hold.open();
	const events = parse(await whole);
	expect(events).toEqual(engine.log(run));
	expect(viewOf(run, events).status).toBe('completed');
});

test('R19 goes on after any event without loss or repetition', async () => {
	const engine = stage.openEngine();
	const run = await engine.start(client, request({ a: [], b: ['a'] }));
	await engine.over(client, run);
	const log = engine.log(run);
	for (let after = 0; after <= log.length; after += 1)
		expect(parse(await new Response(open(engine, run, after)).text())).toEqual(log.slice(after));
});

test('R19 sends a comment while nothing happens, and lets go when the reader leaves', async () => {
	const hold = gate();
	const engine = stage.openEngine({
		scripts: {
			a: async function* () {
				await hold.opened;
				yield* say('a');
			}
		}
	});
	const run = await engine.start(client, request({ a: [] }));
	await until(() => stage.asked.length > 0);
	const reader = open(engine, run, engine.log(run).length, 5).getReader();
	let heard = '';
	while (!heard.includes(': still here'))
		heard += Buffer.from((await reader.read()).value ?? []).toString();
	await reader.cancel();
	hold.open();
	await engine.over(client, run);
});

test('a reader that takes nothing is let go, and holds no more than a buffer until then', async () => {
	const engine = stage.openEngine({ scripts: { a: () => say('x'.repeat(400_000)) } });
	const run = await engine.start(client, request({ a: [] }));
	await engine.over(client, run);
	const endless = {
		...engine.runs,
		standing: () => ({ status: 'running', lastEvent: 9 }) as const
	};
	const stream = streamEvents(
		{ events: engine.events, standing: endless.standing, heartbeatMs: 2 },
		run,
		0
	);
	const reader = stream.getReader();
	await expect(reader.closed).rejects.toThrow('stopped reading');
});

test('the stream ends when its run is deleted', async () => {
	const engine = stage.openEngine();
	const run = await engine.start(client, request({ a: [] }));
	await engine.over(client, run);
	let gone = false;
	const standing = () => (gone ? null : ({ status: 'running', lastEvent: 99 } as const));
	const whole = new Response(streamEvents({ events: engine.events, standing }, run, 0)).text();
	gone = true;
	await engine.runs.remove(client, run);
	await whole;
});

test('R38 a resume point that is not a number of an event is refused', () => {
	const from = (header: string | null, query = '') =>
		resumePoint(
			new Request('http://x/', header === null ? {} : { headers: { 'last-event-id': header } }),
			new URL(`http://x/${query}`)
		);
	expect(from(null)).toBe(0);
	expect(from(null, '?after=7')).toBe(7);
	expect(from('9', '?after=7')).toBe(9);
	for (const bad of ['-1', 'x', '1.5', '9'.repeat(20)])
		expect(() => from(bad)).toThrow('Last-Event-ID');
	expect(() => from(null, '?after=')).toThrow('after');
});
