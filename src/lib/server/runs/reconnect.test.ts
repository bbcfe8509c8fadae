import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parseRunId, type RunId } from '../../domain/ids';
import { isActive } from '../../domain/run';
import { openStage, request, say, viewOf } from '../engine/testing';
import { eventFromPayload, isRunEventType, type RunEvent } from '../../domain/run-event';
import { streamEvents } from './event-stream';

let stage: ReturnType<typeof openStage>;
beforeEach(() => {
	stage = openStage();
});
afterEach(() => stage.close());

/** What a browser has understood of a connection: whole frames only. */
function frames(raw: string): RunEvent[] {
	return raw.split('\n\n').flatMap((block, index, all) => {
		const [, id, type = '', data = ''] = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(block) ?? [];
		const isWhole = index < all.length - 1;
		if (!isWhole || !isRunEventType(type)) return [];
		return [eventFromPayload(Number(id), type, JSON.parse(data) as Record<string, unknown>)];
	});
}

test('R19 hundreds of connections that break anywhere lose and double nothing of many deltas', async () => {
	const pieces = 400;
	const parts = Array.from({ length: pieces }, (_, i) => `<${i}>${'ä'.repeat(2100)}`);
	const engine = stage.openEngine({
		scripts: {
			talker: async function* () {
				for (const [i, text] of parts.entries()) {
					yield { type: i % 7 === 0 ? 'thought' : 'text', text };
					await new Promise((resolve) => setImmediate(resolve));
				}
				yield* say('the end');
			}
		}
	});
	const client = await stage.addClient();
	const run: RunId = await engine.start(client, request({ talker: [], other: [] }));

	const seen: RunEvent[] = [];
	let connections = 0;
	let duringTheRun = 0;
	while (seen.at(-1)?.type !== 'run_finished') {
		connections += 1;
		if (isActive(engine.runs.standing(run)?.status ?? 'failed')) duringTheRun += 1;
		const after = seen.at(-1)?.seq ?? 0;
		const reader = streamEvents(
			{ events: engine.events, standing: engine.runs.standing },
			run,
			after
		).getReader();
		// Each connection breaks after another number of bytes, often within a frame.
		const patience = 1000 + ((connections * 7919) % 30_000);
		let raw = Buffer.alloc(0);
		while (raw.length < patience) {
			const { done, value } = await reader.read();
			if (done) break;
			raw = Buffer.concat([raw, value]);
		}
		await reader.cancel();
		const cut = seen.length > 0 && connections % 3 === 0 ? patience : raw.length;
		seen.push(...frames(raw.subarray(0, cut).toString()));
	}

	expect(connections).toBeGreaterThan(30);
	expect(duringTheRun).toBeGreaterThan(5);
	expect(seen.map((event) => event.seq)).toEqual(seen.map((_, i) => i + 1));
	expect(seen).toEqual(engine.log(run));
	expect(seen.filter((event) => event.type.endsWith('_delta')).length).toBeGreaterThan(300);
	const text = parts.filter((_, i) => i % 7 !== 0).join('') + 'the end';
	const state = await engine.over(client, run);
	expect(state.steps[0]?.answer).toBe(text);
	const items = viewOf(run, seen).steps[0]?.transcript ?? [];
	expect(items.map((item) => (item.kind === 'text' ? item.text : '')).join('')).toBe(text);
});

test('R19 a comment line comes every 15 s while nothing happens', async () => {
	vi.useFakeTimers();
	try {
		const run = parseRunId('00000000-0000-4000-8000-000000000000');
		const events = { read: () => [], subscribe: () => () => undefined };
		const standing = () => ({ status: 'running', lastEvent: 0 }) as const;
		const reader = streamEvents({ events, standing }, run, 0).getReader();
		let heard = '';
		const listening = (async () => {
			for (;;) {
				const { done, value } = await reader.read();
				if (done) return;
				heard += Buffer.from(value).toString();
			}
		})();
		const comments = () => heard.match(/^:.*\n\n/gm)?.length ?? 0;
		await vi.advanceTimersByTimeAsync(14_999);
		expect(comments()).toBe(0);
		await vi.advanceTimersByTimeAsync(1);
		expect(comments()).toBe(1);
		await vi.advanceTimersByTimeAsync(45_000);
		expect(comments()).toBe(4);
		await reader.cancel();
		await listening;
	} finally {
		vi.useRealTimers();
	}
});
