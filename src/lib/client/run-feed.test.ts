import { afterEach, describe, expect, it, vi } from 'vitest';
import {
	emptyView,
	eventPayload,
	type NewRunEvent,
	type RunEvent,
	type RunView,
	type StepView
} from '$lib/domain/run-event';
import { apply } from '$lib/domain/run-view';
import { soonDrawn, RunFeed, type EventStream } from './run-feed.svelte';

const RUN = '5f6c1b7e-0000-4000-8000-000000000000';
const agent = { role: 'worker', model: 'builtin:analyst', tools: [], depends_on: [] };
const started: NewRunEvent = {
	type: 'run_started',
	data: {
		workflow_id: 'w',
		name: 'W',
		user_directive: 'Go',
		attached_files: [],
		agents: [{ id: 'a', ...agent }]
	}
};
const text = (words: string): NewRunEvent => ({
	type: 'text_delta',
	agent_id: 'a',
	data: { turn: 1, text: words }
});
const finished: NewRunEvent = {
	type: 'run_finished',
	data: { status: 'completed', error: null, total_tokens_used: 0 }
};

/** Stands in for the browser's EventSource: the test says what the server sends. */
class Stream implements EventStream {
	readyState = 0;
	readonly #listeners = new Map<string, ((event: MessageEvent<string>) => void)[]>();

	constructor(readonly url: string) {}

	addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void {
		this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
	}

	close(): void {
		this.readyState = 2;
	}

	send(seq: number, event: NewRunEvent): void {
		const full: RunEvent = { ...event, seq, run_id: RUN, at: '2026-11-21T12:00:00Z' };
		const data = JSON.stringify(eventPayload(full));
		this.#emit(event.type, new MessageEvent(event.type, { data, lastEventId: String(seq) }));
	}

	opened(): void {
		this.readyState = 1;
		this.#emit('open', new MessageEvent('open'));
	}

	failed(readyState: 0 | 2): void {
		this.readyState = readyState;
		this.#emit('error', new MessageEvent('error'));
	}

	#emit(type: string, event: MessageEvent<string>): void {
		for (const listener of this.#listeners.get(type) ?? []) listener(event);
	}
}

function setUp(initial?: ReturnType<typeof emptyView>) {
	const streams: Stream[] = [];
	const frames: (() => void)[] = [];
	const retries: { callback: () => void; ms: number }[] = [];
	const idle = new Set<() => void>();
	const feed = new RunFeed(RUN, initial, {
		open(url) {
			const stream = new Stream(url);
			streams.push(stream);
			return stream;
		},
		soon: (callback) => frames.push(callback),
		later(callback, ms) {
			retries.push({ callback, ms });
			return () => {};
		},
		idle(callback) {
			idle.add(callback);
			return () => idle.delete(callback);
		}
	});
	feed.connect();
	return {
		feed,
		frames,
		retries,
		urls: () => streams.map((s) => s.url),
		stream() {
			const last = streams.at(-1);
			if (!last) throw new Error('the feed opened no stream');
			return last;
		},
		draw: () => frames.splice(0).forEach((callback) => callback()),
		/** The page has nothing better to do. */
		rest() {
			for (const callback of idle) callback();
			idle.clear();
		}
	};
}

describe('RunFeed', () => {
	it('R19 begins after what the page already shows', () => {
		expect(setUp({ ...emptyView(RUN), last_event: 41 }).urls()).toEqual([
			`/runtime/${RUN}/events?after=41`
		]);
	});

	it('applies a burst of events in one frame and tells each once', () => {
		const { feed, stream, frames, draw } = setUp();
		const heard: number[] = [];
		feed.onEvent = (event) => heard.push(event.seq);
		stream().opened();
		stream().send(1, started);
		stream().send(2, text('Hello '));
		stream().send(3, text('there'));
		expect(frames).toHaveLength(1);
		expect(feed.view.last_event).toBe(0);
		draw();
		expect(feed.connection).toBe('live');
		expect(feed.view.steps[0]?.transcript[0]).toMatchObject({ text: 'Hello there' });
		expect(heard).toEqual([1, 2, 3]);
	});

	it('R19 shows nothing twice when the server repeats events after a reconnect', () => {
		const { feed, stream, draw } = setUp();
		const heard: number[] = [];
		feed.onEvent = (event) => heard.push(event.seq);
		stream().send(1, started);
		stream().send(2, text('once'));
		stream().failed(0);
		expect(feed.connection).toBe('connecting');
		stream().opened();
		stream().send(1, started);
		stream().send(2, text('once'));
		stream().send(3, text(' more'));
		draw();
		expect(feed.view.steps[0]?.transcript[0]).toMatchObject({ text: 'once more' });
		expect(heard).toEqual([1, 2, 3]);
	});

	it('reconnects with growing pauses when the browser gave up, from where it was', () => {
		const { feed, stream, retries, urls, draw } = setUp();
		stream().send(1, started);
		draw();
		stream().failed(2);
		expect(feed.connection).toBe('lost');
		retries.at(-1)?.callback();
		stream().failed(2);
		retries.at(-1)?.callback();
		expect(retries.map((r) => r.ms)).toEqual([1000, 2000]);
		expect(urls().at(-1)).toBe(`/runtime/${RUN}/events?after=1`);
		stream().opened();
		expect(feed.connection).toBe('live');
		stream().failed(2);
		expect(retries.at(-1)?.ms).toBe(1000);
	});

	it('ends with the run and leaves no stream open', () => {
		const { feed, stream, retries } = setUp();
		stream().opened();
		stream().send(1, started);
		stream().send(2, finished);
		stream().failed(0);
		expect(feed.connection).toBe('ended');
		expect(feed.view.status).toBe('completed');
		expect(stream().readyState).toBe(2);
		expect(retries).toEqual([]);
	});

	it('applies what had arrived when it is closed, and hears nothing after', () => {
		const { feed, stream } = setUp();
		stream().send(1, started);
		const old = stream();
		feed.close();
		expect(feed.view.last_event).toBe(1);
		old.send(2, text('late'));
		expect(feed.view.last_event).toBe(1);
	});

	it.each<[string, number, RunView['status'], boolean]>([
		['waits for its turn after it was resumed', 2, 'queued', true],
		['has gone on since', 3, 'running', true],
		['has gone on and ended again', 4, 'completed', true],
		['is as it was', 2, 'failed', false],
		['was read before its end', 1, 'running', false]
	])(
		'follows a run that ended when the page, loaded anew, says it %s',
		(_, seq, status, follows) => {
			const { feed, urls } = setUp({ ...emptyView(RUN), last_event: 2, status: 'failed' });
			expect(urls()).toEqual([]);
			feed.keepUpWith({ last_event: seq, status });
			expect(urls()).toEqual(follows ? [`/runtime/${RUN}/events?after=2`] : []);
			expect(feed.view.status).toBe(follows ? 'queued' : 'failed');
			// Once: what is followed needs no second stream.
			feed.keepUpWith({ last_event: seq, status });
			expect(urls()).toHaveLength(follows ? 1 : 0);
		}
	);

	describe('of an outline', () => {
		const log: NewRunEvent[] = [started, text('one '), text('two'), finished];
		const outline = (events: number): RunView => {
			const view = log
				.slice(0, events)
				.reduce<RunView>(
					(folded, event, n) =>
						apply(folded, { ...event, seq: n + 1, run_id: RUN, at: '2026-11-21T12:00:00Z' }),
					emptyView(RUN)
				);
			const steps = view.steps.map((step): StepView => ({
				...step,
				transcript: [{ kind: 'gap', seq: 2, count: 1, files: [] }]
			}));
			return { ...view, steps, outline: true };
		};

		it('reads the whole log of a run that is over when the page is idle, shows it at once, and ends', () => {
			const { feed, stream, draw, rest, urls } = setUp(outline(4));
			const heard: number[] = [];
			feed.onEvent = (event) => heard.push(event.seq);
			expect(urls()).toEqual([]);
			rest();
			expect(urls()).toEqual([`/runtime/${RUN}/events?after=0`]);
			log.slice(0, 3).forEach((event, n) => stream().send(n + 1, event));
			draw();
			expect(feed.view.outline).toBe(true);
			stream().send(4, finished);
			draw();
			expect(feed.view.outline).toBeUndefined();
			expect(feed.view.steps[0]?.transcript).toMatchObject([{ kind: 'text', text: 'one two' }]);
			stream().failed(0);
			expect(feed.connection).toBe('ended');
			// All of it was on the page before.
			expect(heard).toEqual([]);
			feed.connect();
			expect(urls()).toHaveLength(1);
		});

		it('goes on where it was after the connection broke', () => {
			const { feed, stream, retries, draw, rest, urls } = setUp(outline(4));
			rest();
			stream().send(1, started);
			stream().send(2, text('one '));
			draw();
			stream().failed(2);
			expect(feed.connection).toBe('lost');
			retries.at(-1)?.callback();
			rest();
			expect(urls().at(-1)).toBe(`/runtime/${RUN}/events?after=2`);
		});

		it('is followed at once when it goes on, and not at all by a page that was left', () => {
			const resumed = setUp(outline(4));
			resumed.feed.reopen();
			resumed.rest();
			expect(resumed.urls()).toEqual([`/runtime/${RUN}/events?after=0`]);
			const left = setUp(outline(4));
			left.feed.close();
			left.rest();
			expect(left.urls()).toEqual([]);
		});

		it('tells what happens meanwhile once, and keeps that a resumed run waits', () => {
			const { feed, stream, draw } = setUp(outline(2));
			const heard: number[] = [];
			feed.onEvent = (event) => heard.push(event.seq);
			log.slice(0, 3).forEach((event, n) => stream().send(n + 1, event));
			draw();
			expect(heard).toEqual([3]);
			expect(feed.view.steps[0]?.transcript).toMatchObject([{ text: 'one two' }]);

			const queued = setUp({ ...outline(4), status: 'queued' });
			log.forEach((event, n) => queued.stream().send(n + 1, event));
			queued.draw();
			expect(queued.feed.view).toMatchObject({ status: 'queued', last_event: 4 });
		});
	});
});

describe('soonDrawn', () => {
	afterEach(() => {
		vi.useRealTimers();
		vi.unstubAllGlobals();
	});

	it.each(['drawn', 'hidden before it is drawn'])('calls back once when the page is %s', (how) => {
		vi.useFakeTimers();
		const frames = new Map<number, () => void>();
		vi.stubGlobal('requestAnimationFrame', (frame: () => void) => {
			frames.set(1, frame);
			return 1;
		});
		vi.stubGlobal('cancelAnimationFrame', (id: number) => frames.delete(id));
		const draw = () => frames.forEach((frame) => frame());
		const callback = vi.fn();
		soonDrawn(callback);
		expect(callback).not.toHaveBeenCalled();
		if (how === 'drawn') draw();
		else vi.runAllTimers();
		expect(callback).toHaveBeenCalledTimes(1);
		expect(vi.getTimerCount()).toBe(0);
		// The browser draws what was asked for once the tab is seen again.
		if (how !== 'drawn') draw();
		expect(callback).toHaveBeenCalledTimes(1);
	});
});
