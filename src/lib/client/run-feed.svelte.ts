import { untrack } from 'svelte';
import { isActive } from '$lib/domain/run';
import {
	emptyView,
	eventFromPayload,
	RUN_EVENT_TYPES,
	type RunEvent,
	type RunEventType,
	type RunView
} from '$lib/domain/run-event';
import { apply } from '$lib/domain/run-view';
import { whenIdle } from './idle';

/** `lost`: the browser gave up; the feed tries again by itself. */
export type Connection = 'connecting' | 'live' | 'ended' | 'lost';

/** The part of `EventSource` that the feed uses. */
export interface EventStream {
	readonly readyState: number;
	addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void;
	close(): void;
}

export interface FeedOptions {
	open?: (url: string) => EventStream;
	/** Calls back once, soon: when the screen is drawn next. */
	soon?: (callback: () => void) => void;
	/** Calls back once after `ms`; returns how to cancel that. */
	later?: (callback: () => void, ms: number) => () => void;
	/** Calls back once, when the page has nothing better to do; returns how to cancel that. */
	idle?: (callback: () => void) => () => void;
}

const CLOSED = 2;
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 30_000;
/** A page out of sight draws no frames, yet its feed goes on. */
const LATEST_FRAME_MS = 250;
const LATEST_IDLE_MS = 2000;

/**
 * One run as it happens: its log, applied to `view` in bursts of one frame. Begins after what
 * `initial` already holds; misses nothing and repeats nothing over reconnects. Of an outline it reads
 * the whole log, and shows that as soon as it tells as much; when the run is over, only once the page
 * is idle. Ends by itself with the run; `reopen` it after the run was resumed.
 */
export class RunFeed {
	view: RunView = $state(emptyView(''));
	connection: Connection = $state('connecting');
	/** Hears every event after it was applied, once, in order. */
	onEvent: ((event: RunEvent) => void) | undefined;

	readonly #runId: string;
	readonly #options: Required<FeedOptions>;
	#stream: EventStream | null = null;
	#queue: RunEvent[] = [];
	#flushing = false;
	/** What the whole log says up to now, while `view` is an outline. */
	#whole: RunView | null = null;
	#retryMs = FIRST_RETRY_MS;
	/** Takes back that it connects a little later. */
	#cancelLater: (() => void) | null = null;

	constructor(runId: string, initial?: RunView, options: FeedOptions = {}) {
		this.#runId = runId;
		this.#options = { open: openSource, soon: soonDrawn, later: afterTime, idle, ...options };
		this.view = initial ?? emptyView(runId);
		if (initial?.outline) this.#whole = emptyView(runId);
		if (initial && !isActive(initial.status)) this.connection = 'ended';
	}

	/**
	 * Follows the run, unless all of it is here and it is over. May be called inside an effect: it does
	 * not depend on anything.
	 */
	connect(): void {
		untrack(() => {
			if (this.#complete) return;
			this.close();
			if (isActive(this.view.status)) this.#connect();
			else this.#cancelLater = this.#options.idle(() => this.#connect());
		});
	}

	get #complete(): boolean {
		return this.#whole === null && this.view.last_event > 0 && !isActive(this.view.status);
	}

	/** The run was resumed: it waits for its turn, and then goes on. */
	reopen(): void {
		this.view.status = 'queued';
		this.connect();
	}

	/** The page was loaded anew: a run that had ended here and was resumed meanwhile is followed again. */
	keepUpWith({ last_event, status }: Pick<RunView, 'last_event' | 'status'>): void {
		const seen = this.view.last_event;
		// That a resumed run waits for its turn is not in the log.
		const goesOn = last_event > seen || (last_event === seen && isActive(status));
		if (this.connection === 'ended' && goesOn) this.reopen();
	}

	close(): void {
		this.#cancelLater?.();
		this.#cancelLater = null;
		this.#stream?.close();
		this.#stream = null;
		this.#flush();
	}

	#connect(): void {
		this.connection = 'connecting';
		const stream = this.#options.open(
			`/runtime/${this.#runId}/events?after=${(this.#whole ?? this.view).last_event}`
		);
		this.#stream = stream;
		stream.addEventListener('open', () => {
			if (this.#stream !== stream) return;
			this.connection = 'live';
			this.#retryMs = FIRST_RETRY_MS;
		});
		stream.addEventListener('error', () => {
			if (this.#stream === stream) this.#interrupted(stream);
		});
		for (const type of RUN_EVENT_TYPES)
			stream.addEventListener(type, (message) => {
				if (this.#stream === stream) this.#receive(type, message);
			});
	}

	#receive(type: RunEventType, message: MessageEvent<string>): void {
		const payload: unknown = JSON.parse(message.data);
		if (typeof payload !== 'object' || payload === null) return;
		this.#queue.push(eventFromPayload(Number(message.lastEventId), type, { ...payload }));
		if (this.#flushing) return;
		this.#flushing = true;
		this.#options.soon(() => this.#flush());
	}

	#flush(): void {
		this.#flushing = false;
		const events = this.#queue;
		this.#queue = [];
		for (const event of events) {
			const shown = this.view.last_event;
			if (this.#whole) this.#catchUp(this.#whole, event);
			else apply(this.view, event);
			if (event.seq > shown) this.onEvent?.(event);
		}
	}

	/** Takes the whole in place of the outline once it tells as much. */
	#catchUp(whole: RunView, event: RunEvent): void {
		apply(whole, event);
		if (whole.last_event < this.view.last_event) return;
		// That a resumed run waits for its turn is not in the log.
		if (whole.last_event === this.view.last_event) whole.status = this.view.status;
		this.view = whole;
		this.#whole = null;
	}

	/** The server ends the stream after the run's last event; anything else is a lost connection. */
	#interrupted(stream: EventStream): void {
		this.#flush();
		if (this.#complete) {
			this.close();
			this.connection = 'ended';
		} else if (stream.readyState === CLOSED) {
			this.connection = 'lost';
			this.#cancelLater = this.#options.later(() => this.connect(), this.#retryMs);
			this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2);
		} else {
			this.connection = 'connecting';
		}
	}
}

function openSource(url: string): EventStream {
	return new EventSource(url);
}

/** Calls back once: when the screen is drawn next, or soon when it is not, as in a hidden tab. */
export function soonDrawn(callback: () => void): void {
	const frame = requestAnimationFrame(() => {
		clearTimeout(timer);
		callback();
	});
	const timer = setTimeout(() => {
		cancelAnimationFrame(frame);
		callback();
	}, LATEST_FRAME_MS);
}

function idle(callback: () => void): () => void {
	return whenIdle(callback, LATEST_IDLE_MS);
}

function afterTime(callback: () => void, ms: number): () => void {
	const timer = setTimeout(callback, ms);
	return () => clearTimeout(timer);
}
