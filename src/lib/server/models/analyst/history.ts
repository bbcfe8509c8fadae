import { z } from 'zod';
import type { Brief, Message, ToolResultMessage } from '../model';

/** What the analyst did in a turn; kept in the wire message, so that history alone is its memory. */
export const PHASES = [
	'look',
	'profile',
	'charts',
	'quality',
	'report',
	'read',
	'write',
	'answer'
] as const;
export type Phase = (typeof PHASES)[number];

const wire = z.object({ phase: z.enum(PHASES) });

/** A turn that is over, with what its tools answered. */
export interface PastTurn {
	phase: Phase;
	results: ToolResultMessage[];
	/** The calls' arguments, by call id. */
	arguments: Map<string, unknown>;
}

export function pastTurns(messages: readonly Message[]): PastTurn[] {
	const turns: PastTurn[] = [];
	for (const message of messages) {
		if (message.role === 'model') {
			const known = wire.safeParse(message.wire);
			turns.push({
				phase: known.success ? known.data.phase : 'look',
				results: [],
				arguments: new Map(message.calls.map((call) => [call.id, call.arguments]))
			});
		} else if (message.role === 'tool') turns.at(-1)?.results.push(...message.results);
	}
	return turns;
}

export type BriefFile = Brief['files'][number];

const listing = z.object({
	files: z.array(
		z.object({
			name: z.string(),
			size_bytes: z.number(),
			content_type: z.string(),
			from: z.enum(['input', 'output'])
		})
	)
});

/** The session's files: as listed, else as the brief has them. */
export function filesOf(turns: readonly PastTurn[], brief: Brief | undefined): BriefFile[] {
	const look = turns.find((turn) => turn.phase === 'look')?.results[0];
	const listed = look?.ok ? listing.safeParse(look.result) : null;
	return listed?.success ? listed.data.files : (brief?.files ?? []);
}

const execution = z.object({
	ok: z.boolean(),
	stdout: z.string(),
	error: z.string().nullish(),
	reason: z.string().nullish()
});
const printed = z.object({
	analyst: z.object({
		answer: z.string().optional(),
		foreign: z.boolean().optional(),
		charts: z.number().optional(),
		drawn: z.array(z.object({ file: z.string(), title: z.string() })).optional(),
		failed: z.array(z.object({ file: z.string(), why: z.string() })).optional()
	})
});

export type ProgramOutcome =
	{ ok: true; said: z.infer<typeof printed>['analyst'] } | { ok: false; why: string };

/** How a program ended: what it printed for the analyst, or why it did not get there. */
export function outcomeOf(turn: PastTurn): ProgramOutcome {
	const [result] = turn.results;
	const ran = execution.safeParse(result?.result);
	if (!ran.success) return { ok: false, why: errorOf(result) };
	if (!ran.data.ok) return { ok: false, why: lastLine(ran.data.error ?? ran.data.reason ?? '') };
	for (const line of ran.data.stdout.trim().split('\n').reverse()) {
		const said = printed.safeParse(parse(line));
		if (said.success) return { ok: true, said: said.data.analyst };
	}
	return { ok: false, why: 'its program printed no result' };
}

/** The message of a tool error. */
export function errorOf(result: ToolResultMessage | undefined): string {
	const refused = z.object({ error: z.string() }).safeParse(result?.result);
	return refused.success ? lastLine(refused.data.error) : 'the tool gave no usable answer';
}

function lastLine(text: string): string {
	const lines = text.split('\n').filter((line) => line.trim() !== '' && !/^\s+at /.test(line));
	return (
		(lines[0]?.startsWith('Traceback') ? lines.at(-1) : lines[0])?.slice(0, 300) ?? 'no reason'
	);
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
