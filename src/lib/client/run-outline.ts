import type { Gap, RunView, StepView, TranscriptItem } from '$lib/domain/run-event';
import { CHUNK } from './block-window';
import { filesOf } from './flow';
import { blocksOf, type Block } from './transcript';

/** Where to begin to read: at the item with this number, or at this agent. */
export type ReadFrom = { item: number } | { agent: string };

/** What an address asks for: `?item=<number>` or `?step=<agent>`. */
export function readFrom(query: URLSearchParams): ReadFrom | null {
	const item = query.get('item') ?? '';
	if (/^[1-9]\d{0,14}$/.test(item)) return { item: Number(item) };
	const agent = query.get('step');
	return agent === null ? null : { agent };
}

interface Room {
	blocks: number;
	/** Of what the blocks hold, as JSON. */
	chars: number;
}

/** What is sent as it is. */
const SMALL: Room = { blocks: 80, chars: 60_000 };
/** What fills a first screen, and more. */
const OPENING: Room = { blocks: CHUNK, chars: 20_000 };
/** What an agent did last: the chunk that is going on, and the one before while that is short. */
const NEWEST: Room = { blocks: 2 * CHUNK, chars: 20_000 };
/** Who asks for a place reads on from there, perhaps without scripts. */
const READING: Room = { blocks: 10 * CHUNK, chars: 120_000 };

/** Of a text, where not all of it fits. */
const CUT_CHARS = 6000;

const HINT_CHARS = 20;

/** A block that may be left out. */
interface Unit {
	step: number;
	seq: number;
	chars: number;
	items: TranscriptItem[];
}

/**
 * What a page is opened with: the whole view when it is small; else all of its steps, with the
 * transcript only around `from`, or from its beginning, and what agents do right now. The rest is
 * replaced by gaps, and long texts by their beginnings, save in what is asked for.
 */
export function outlineOf(view: RunView, from: ReadFrom | null): RunView {
	const asked = from && 'item' in from ? from.item : null;
	const units = view.steps.flatMap((step, n) => unitsOf(step, n, asked));
	const small = fits(units, SMALL);
	if (small && !units.some(({ items }) => items.some((item) => 'cut' in item))) return view;
	const kept = new Set<Unit>(small ? units : units.filter(isOpenQuestion));
	for (const [n, step] of view.steps.entries())
		if (step.status === 'running' || step.status === 'awaiting_approval')
			keep(kept, newestOf(units.filter((unit) => unit.step === n)), NEWEST);
	const begin = from === null ? 0 : firstOf(view, units, from);
	keep(kept, units.slice(begin), from === null ? OPENING : READING);
	const steps = view.steps.map((step, n) => {
		const own = units.filter((unit) => unit.step === n);
		const last = own.at(-1);
		const transcript = withGaps(own, kept);
		return {
			...step,
			transcript,
			answer: last && !kept.has(last) ? hint(step.answer) : step.answer
		};
	});
	return { ...view, steps, outline: true };
}

/** Enough to tell that there is an answer. */
function hint(answer: string | null): string | null {
	return answer && answer.trim().slice(0, HINT_CHARS);
}

function isOpenQuestion({ items }: Unit): boolean {
	return items.some((item) => item.kind === 'approval' && item.closed_at === null);
}

function fits(units: readonly Unit[], room: Room): boolean {
	return (
		units.length <= room.blocks && units.reduce((sum, { chars }) => sum + chars, 0) <= room.chars
	);
}

/** An answer that was never streamed stands alone. */
function unitsOf(step: StepView, n: number, asked: number | null): Unit[] {
	const answer = step.answer?.length ?? 0;
	const blocks = blocksOf(step.transcript);
	if (blocks.length === 0 && answer > 0) return [{ step: n, seq: 0, chars: answer, items: [] }];
	return blocks.map((block, at) => {
		const items = itemsOf(block).map((item) => (item.seq === asked ? item : beginningOf(item)));
		const chars = JSON.stringify(items).length + (at === blocks.length - 1 ? answer : 0);
		return { step: n, seq: block.seq, chars, items };
	});
}

/** What a person has to decide about is never cut. */
function beginningOf(item: TranscriptItem): TranscriptItem {
	let cut = false;
	const shorten = (value: unknown): unknown => {
		if (typeof value === 'string' && value.length > CUT_CHARS) {
			cut = true;
			return value.slice(0, CUT_CHARS);
		}
		if (typeof value !== 'object' || value === null) return value;
		if (Array.isArray(value)) return value.map(shorten);
		return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shorten(part)]));
	};
	const short = shortened(item, shorten);
	return cut ? short : item;
}

function shortened(item: TranscriptItem, shorten: (value: unknown) => unknown): TranscriptItem {
	switch (item.kind) {
		case 'thought':
		case 'text':
			return { ...item, text: String(shorten(item.text)), cut: true };
		case 'tool': {
			const { arguments: asked, result } = item;
			return { ...item, arguments: shorten(asked), result: shorten(result), cut: true };
		}
		case 'approval': {
			if (item.closed_at === null) return item;
			const request = { ...item.request, arguments: shorten(item.request.arguments) };
			return { ...item, request, cut: true };
		}
		default:
			return item;
	}
}

function itemsOf(block: Block): TranscriptItem[] {
	return block.kind === 'artifacts' ? block.items : [block];
}

/** Keeps units from the first on, as many as there is room for, and at least one. */
function keep(kept: Set<Unit>, units: readonly Unit[], room: Room): void {
	let left = room.chars;
	for (const [n, unit] of units.slice(0, room.blocks).entries()) {
		left -= unit.chars;
		if (n > 0 && left < 0) return;
		kept.add(unit);
	}
}

/** The units of the last chunk or two, the newest first. */
function newestOf(units: readonly Unit[]): Unit[] {
	const whole = Math.floor(units.length / CHUNK) * CHUNK;
	const begin = units.length - whole < CHUNK / 2 ? whole - CHUNK : whole;
	return units.slice(Math.max(0, begin)).reverse();
}

function firstOf(view: RunView, units: readonly Unit[], from: ReadFrom): number {
	if ('item' in from)
		return Math.max(
			0,
			units.findIndex(
				({ seq, items }) => seq === from.item || items.some((item) => item.seq === from.item)
			)
		);
	const step = view.steps.findIndex(({ agent_id }) => agent_id === from.agent);
	return Math.max(
		0,
		units.findIndex((unit) => unit.step >= step)
	);
}

function withGaps(units: readonly Unit[], kept: ReadonlySet<Unit>): TranscriptItem[] {
	const items: TranscriptItem[] = [];
	let gap: Gap | null = null;
	for (const unit of units)
		if (kept.has(unit)) {
			items.push(...unit.items);
			gap = null;
		} else {
			if (!gap) items.push((gap = { kind: 'gap', seq: unit.seq, count: 0, files: [] }));
			gap.count += 1;
			gap.files.push(...filesOf({ transcript: unit.items }));
		}
	return items;
}
