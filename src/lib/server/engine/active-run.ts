import type { FileName } from '../../domain/file-name';
import type { ClientId, RunId } from '../../domain/ids';
import type { Failure } from '../../domain/run';
import type { AgentNode, EventData } from '../../domain/run-event';
import type { Agent, WorkflowConfig } from '../../domain/workflow';
import type { Brief } from '../models/model';
import type { Budget } from './budget';
import type { Task } from './dispatch';
import type { Leftovers } from './leftovers';
import type { Digests } from './ports';
import type { Progress } from './progress';

/** A run that may still do something, as this process knows it. */
export interface ActiveRun {
	readonly id: RunId;
	readonly client: ClientId;
	readonly workflow: WorkflowConfig;
	/** In topological order; other ones as soon as a delegation is on disk. */
	agents: Agent[];
	/** What does each agent's work, as `provider:name`. */
	models: ReadonlyMap<string, string>;
	readonly directive: string;
	readonly attachments: FileName[];
	/** What was attached, once the session has it. */
	readonly inputs: Digests;
	/** The run whose steps may be taken over, when this is a re-run. */
	readonly rerunOf: RunId | null;
	/** Its log has begun: it is resumed, or goes on after a restart. */
	readonly begun: boolean;
	/**
	 * Does one thing at a time with the run's output folder, in the order of asking: from before files
	 * are written until they are recorded, so that each belongs to who wrote it.
	 */
	readonly withOutput: <T>(work: () => Promise<T>) => Promise<T>;
	/** Raised after each write of this process into `output/`. */
	writes: number;
	/** The session's files as of `writes`, as briefs name them. */
	listing: { writes: number; files: Brief['files'] } | null;
	/** What `output/` was when all of it had been collected: nothing to do while it is the same. */
	collected: { writes: number; changedAt: number } | null;
	/** What lay in `output/` when the run went on after a restart, or was resumed. */
	leftovers: Leftovers | null;
	/** Steps that could not be committed, to be claimed again from what they have recorded. */
	adrift: Task[];
	/** Where the steps stand; null when the rows have to be read. */
	progress: Progress | null;
	/** One of its steps waits for a person, or did when this process took it up: its clock stands still. */
	asking: boolean;
	/** Null when the run has no limits. */
	readonly budget: Budget | null;
	/** A person asked it to stop. */
	stopping: boolean;
	/** Why nothing new may start: the run's time is over, or its budget. */
	halt: Failure | null;
	timer: NodeJS.Timeout | undefined;
}

export function createLock(): <T>(work: () => Promise<T>) => Promise<T> {
	let last: Promise<unknown> = Promise.resolve();
	return (work) => {
		const mine = last.then(work, work);
		last = mine.catch(() => undefined);
		return mine;
	};
}

/** @param reset the steps that wait again, when the run is resumed; null when it begins */
export function runStarted(run: ActiveRun, reset: string[] | null): EventData['run_started'] {
	const { max_token_budget, max_cost_usd } = run.workflow;
	return {
		workflow_id: run.workflow.id,
		name: run.workflow.name,
		user_directive: run.directive,
		attached_files: run.attachments,
		agents: run.agents.map((agent) => nodeOf(agent, run.models)),
		...(run.rerunOf === null ? {} : { rerun_of: run.rerunOf }),
		...(reset ? { resumed: true, reset } : {}),
		...(max_token_budget === undefined ? {} : { max_token_budget }),
		...(max_cost_usd === undefined ? {} : { max_cost_usd })
	};
}

/** An agent as the log names it. */
export function nodeOf(
	{ id, role, tools, depends_on }: Agent,
	models: ReadonlyMap<string, string>
): AgentNode {
	return { id, role, model: models.get(id) ?? '', tools, depends_on };
}
