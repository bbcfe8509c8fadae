import { DomainError } from '../../domain/errors';
import type { RunId } from '../../domain/ids';
import { isActive, type RunStatus } from '../../domain/run';
import { eventPayload, type RunEvent } from '../../domain/run-event';
import type { RunEventLog } from './events';

export interface StreamDeps {
	events: Pick<RunEventLog, 'read' | 'subscribe'>;
	/** Where the run stands; null once it was deleted. */
	standing(run: RunId): { status: RunStatus; lastEvent: number } | null;
	/** A comment line this often, in milliseconds. */
	heartbeatMs?: number;
}

const PAGE = 200;
const BUFFER_BYTES = 256 * 1024;
/** A reader that took nothing for so many heartbeats is let go; it may come back for the rest. */
const PATIENCE = 4;

/**
 * The run's log as server-sent events from after number `after`: what is stored, then what comes, and
 * the end when the run has ended. Reads the log only as fast as the reader takes it.
 */
export function streamEvents(
	deps: StreamDeps,
	run: RunId,
	after: number
): ReadableStream<Uint8Array> {
	const { events, standing, heartbeatMs = 15_000 } = deps;
	const utf8 = new TextEncoder();
	let cursor = after;
	let stalled = 0;
	let unsubscribe: () => void = () => undefined;
	let heartbeat: NodeJS.Timeout | undefined;
	let open = true;
	/** To enqueue for a reader that waits pulls again, within that very call. */
	let pumping = false;

	function leave(): void {
		open = false;
		unsubscribe();
		clearInterval(heartbeat);
	}

	function pump(controller: ReadableStreamDefaultController<Uint8Array>): void {
		if (!open) return;
		while (open && (controller.desiredSize ?? 0) > 0) {
			const page = events.read(run, cursor, PAGE);
			for (const event of page) {
				controller.enqueue(utf8.encode(frame(event)));
				cursor = event.seq;
			}
			if (page.length > 0) continue;
			const now = standing(run);
			if (now === null || (!isActive(now.status) && cursor >= now.lastEvent)) {
				leave();
				controller.close();
			}
			return;
		}
	}

	function guarded(controller: ReadableStreamDefaultController<Uint8Array>): void {
		// Enqueueing may call pull at once; what is being sent already must not be sent again.
		if (pumping) return;
		pumping = true;
		try {
			pump(controller);
		} catch (error) {
			leave();
			controller.error(error);
		} finally {
			pumping = false;
		}
	}

	return new ReadableStream<Uint8Array>(
		{
			start(controller) {
				unsubscribe = events.subscribe(run, () => guarded(controller));
				heartbeat = setInterval(() => {
					stalled = (controller.desiredSize ?? 0) > 0 ? 0 : stalled + 1;
					if (stalled === 0) controller.enqueue(utf8.encode(': still here\n\n'));
					else if (stalled >= PATIENCE) {
						leave();
						controller.error(new Error('The reader of the event stream stopped reading.'));
					}
				}, heartbeatMs);
				heartbeat.unref();
				controller.enqueue(utf8.encode('retry: 1000\n\n'));
				guarded(controller);
			},
			pull: guarded,
			cancel: leave
		},
		new ByteLengthQueuingStrategy({ highWaterMark: BUFFER_BYTES })
	);
}

function frame(event: RunEvent): string {
	return `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(eventPayload(event))}\n\n`;
}

/**
 * Where a reader wants to go on: the `Last-Event-ID` of a reconnect, else `?after=`, else the start.
 * @throws DomainError `invalid` when it is not the number of an event.
 */
export function resumePoint(request: Request, url: URL): number {
	const header = request.headers.get('last-event-id');
	const raw = header ?? url.searchParams.get('after') ?? '0';
	if (/^\d{1,15}$/.test(raw)) return Number(raw);
	throw new DomainError(
		'invalid',
		`${header === null ? '"after"' : 'Last-Event-ID'} must be the number of an event; it is ${JSON.stringify(raw)}.`
	);
}
