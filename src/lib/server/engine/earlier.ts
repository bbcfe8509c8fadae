import { asc, eq } from 'drizzle-orm';
import type { ClientId, RunId } from '../../domain/ids';
import { isActive, type Reuse } from '../../domain/run';
import { workflowSchema } from '../../domain/workflow';
import type { Db } from '../db/client';
import { runs, steps } from '../db/schema';
import { toDigests, toNames, toReuse, toStatus } from '../runs/rows';
import type { Ground, MadeFile } from './fingerprint';
import { liveAgents } from './graph-store';

/** A completed step that may be taken over. */
export interface DoneStep {
	answer: string;
	/** Milliseconds. */
	endedAt: number;
	hasDelegated: boolean;
	/** A person refused one of its calls: another time they may decide otherwise. */
	wasRefused: boolean;
	/** What to say of it where it is taken over: of the run that really did it. */
	reuse: Reuse;
}

/** A run whose steps may be taken over, as it is now. */
export interface Earlier extends Ground {
	/** The log's newest number: as long as it stays, so does all of this. */
	lastEvent: number;
	isActive: boolean;
	done: ReadonlyMap<string, DoneStep>;
}

/** What the agents of a run have made, kept up to date from its log. */
export interface MadeReader {
	made: Map<string, Map<string, MadeFile>>;
	/** Looks at what was logged since the last look. */
	refresh(): void;
}

/** Reads what runs have left for others to take over. */
export function createEarlierRuns({ q, raw }: Pick<Db, 'q' | 'raw'>) {
	const collected = raw.prepare<
		[run: string, after: number],
		{ seq: number; agent: string; filename: string; version: number; sha256: string }
	>(
		`select seq, agent_id as agent, data ->> 'filename' as filename,
			data ->> 'version' as version, data ->> 'sha256' as sha256
		from run_events where run_id = ? and seq > ? and type = 'artifact_collected' order by seq`
	);
	const refused = raw
		.prepare<[run: string], string>(
			`select distinct a.agent_id from approvals a join steps s
				on s.run_id = a.run_id and s.agent_id = a.agent_id and s.attempt = a.attempt
			where a.run_id = ? and a.approved = 0`
		)
		.pluck();
	const lastEvent = raw
		.prepare<[run: string], number>('select last_event from runs where id = ?')
		.pluck();

	function readMade(run: RunId): MadeReader {
		const made: MadeReader['made'] = new Map();
		let seen = 0;
		return {
			made,
			refresh() {
				for (const { seq, agent, ...file } of collected.all(run, seen)) {
					const own = made.get(agent) ?? new Map<string, MadeFile>();
					made.set(agent, own.set(file.filename, file));
					seen = seq;
				}
			}
		};
	}

	return {
		readMade,
		/** Null when the run is gone. */
		lastEvent: (id: RunId): number | null => lastEvent.get(id) ?? null,
		/** Null when the run is gone, or is not this client's. */
		read(id: RunId, client: ClientId): Earlier | null {
			const row = q.select().from(runs).where(eq(runs.id, id)).get();
			if (row?.clientId !== client) return null;
			const rows = q
				.select()
				.from(steps)
				.where(eq(steps.runId, id))
				.orderBy(asc(steps.position))
				.all();
			const refusals = new Set(refused.all(id));
			const reader = readMade(id);
			reader.refresh();
			return {
				lastEvent: row.lastEvent,
				isActive: isActive(toStatus(row.status)),
				agents: liveAgents(row),
				models: new Map(rows.map(({ agentId, model }) => [agentId, model])),
				directive: row.userDirective,
				allowInternet: workflowSchema.parse(row.config).allow_internet ?? false,
				inputs: toDigests(row.inputs),
				answers: new Map(rows.map(({ agentId, answer }) => [agentId, answer])),
				made: reader.made,
				done: new Map(
					rows.flatMap((step) =>
						step.status === 'completed'
							? [[step.agentId, doneStep(id, step, refusals.has(step.agentId))] as const]
							: []
					)
				)
			};
		}
	};
}

function doneStep(id: RunId, step: typeof steps.$inferSelect, wasRefused: boolean): DoneStep {
	const own: Reuse = {
		run_id: id,
		input_tokens: step.inputTokens,
		output_tokens: step.outputTokens,
		cost_usd: step.costUsd
	};
	return {
		answer: step.answer ?? '',
		endedAt: step.endedAt?.getTime() ?? 0,
		hasDelegated: toNames(step.toolsUsed).includes('delegate'),
		wasRefused,
		reuse: step.reused === null ? own : toReuse(step.reused)
	};
}
