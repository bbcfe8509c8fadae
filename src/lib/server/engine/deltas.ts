import type { NewRunEvent } from '../../domain/run-event';

/** Merges what a model streams into few events. */
export interface Deltas {
	push(type: 'text_delta' | 'thought_delta', text: string): void;
	/** What was not written yet; nothing more is written after it. */
	take(): NewRunEvent[];
	/** Resolves when what was handed to `write` is on disk. @throws what `write` threw. */
	settled(): Promise<void>;
}

const WAIT_MS = 150;
const MAX_CHARACTERS = 2048;

/** Writes after 150 ms or 2 KB, whichever comes first. */
export function createDeltas(
	agentId: string,
	turn: number,
	write: (events: NewRunEvent[]) => Promise<void>
): Deltas {
	let pieces: { type: 'text_delta' | 'thought_delta'; text: string }[] = [];
	let characters = 0;
	let timer: NodeJS.Timeout | undefined;
	let written: Promise<unknown> = Promise.resolve(null);

	function take(): NewRunEvent[] {
		clearTimeout(timer);
		timer = undefined;
		const events = pieces.map(({ type, text }): NewRunEvent => ({
			type,
			agent_id: agentId,
			data: { turn, text }
		}));
		pieces = [];
		characters = 0;
		return events;
	}

	function flush(): void {
		const now = write(take());
		written = Promise.all([written, now]);
		// Reported by `settled`; until somebody asks, it must not count as unhandled.
		written.catch(() => undefined);
	}

	return {
		take,
		push(type, text) {
			if (text === '') return;
			const last = pieces.at(-1);
			if (last?.type === type) last.text += text;
			else pieces.push({ type, text });
			characters += text.length;
			if (characters >= MAX_CHARACTERS) flush();
			else timer ??= setTimeout(flush, WAIT_MS);
		},
		async settled() {
			await written;
		}
	};
}
