import { DomainError } from '../../domain/errors';
import type { AgentId } from '../../domain/ids';
import type { NewRunEvent } from '../../domain/run-event';
import type { Log } from '../platform/log';
import type { ToolOutcome } from '../tools/tool';
import type { ActiveRun } from './active-run';
import type { Collected, Collector, Sessions } from './ports';

type Refused = ToolOutcome['refused'];

/** Writes what a tool made into the session; what cannot be written is named, never lost silently. */
export async function writeOutput(
	sessions: Pick<Sessions, 'write'>,
	run: ActiveRun,
	outcome: ToolOutcome,
	log: Pick<Log, 'error'>
): Promise<ToolOutcome> {
	const failed: Refused = [];
	for (const { name, bytes } of outcome.writes)
		try {
			await sessions.write(run.id, name, bytes).finally(() => (run.writes += 1));
		} catch (error) {
			const expected = error instanceof DomainError;
			if (!expected) log.error({ err: error, run_id: run.id }, 'could not write a session file');
			failed.push({
				filename: name,
				code: expected ? error.code : 'write_failed',
				message: expected ? error.message : 'The file could not be written.'
			});
		}
	if (failed.length === 0) return outcome;
	const list = failed.map(({ filename, message }) => `${filename} (${message})`).join(', ');
	const before =
		typeof outcome.result === 'object' && outcome.result !== null ? outcome.result : {};
	return {
		...outcome,
		ok: false,
		result: { ...before, error: `These files could not be kept: ${list}` },
		refused: [...outcome.refused, ...failed]
	};
}

/** What is to be committed, and whether it is all there was. */
export interface Collection {
	commit(): void;
	events: NewRunEvent[];
	complete: boolean;
}

/** When `output/` is as it was when all of it was collected. */
export const nothing: Collection = { commit: () => undefined, events: [], complete: true };

/** Collects new and changed output; a collector that breaks costs the files their record, not the run. */
export async function collectOutput(
	collector: Collector,
	run: ActiveRun,
	agentId: AgentId,
	refused: Refused,
	log: Pick<Log, 'error'>
): Promise<Collection> {
	try {
		const passOver = run.leftovers?.passedOver();
		const collected = await collector.prepare(run.id, run.client, agentId, refused, passOver);
		return {
			commit: () => collected.commit(),
			events: eventsOf(collected, agentId),
			complete: true
		};
	} catch (error) {
		log.error({ err: error, run_id: run.id, agent_id: agentId }, 'could not collect output');
		const message = 'New files could not be collected; the server has logged why.';
		return {
			commit: () => undefined,
			events: [{ type: 'log', agent_id: agentId, data: { level: 'error', message } }],
			complete: false
		};
	}
}

/** What the log tells of collected files. */
export function eventsOf(collected: Collected, agentId: AgentId): NewRunEvent[] {
	return [
		...collected.artifacts.map((artifact): NewRunEvent => ({
			type: 'artifact_collected',
			agent_id: artifact.agent_id,
			data: artifact
		})),
		...collected.refused.map(({ filename, code, message }): NewRunEvent => ({
			type: 'artifact_refused',
			agent_id: agentId,
			data: { filename, code, message }
		}))
	];
}
