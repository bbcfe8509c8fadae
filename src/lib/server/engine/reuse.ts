import type { AgentId, RunId } from '../../domain/ids';
import type { NewRunEvent } from '../../domain/run-event';
import type { ActiveRun } from './active-run';
import type { EngineDeps } from './deps';
import { goesOn, type Task } from './dispatch';
import { createEarlierRuns, type DoneStep, type Earlier, type MadeReader } from './earlier';
import { differences, fingerprint, type Ground, type MadeFile } from './fingerprint';
import { eventsOf } from './output';
import type { ReuseStore } from './reuse-store';
import type { Settled } from './settle';
import { stepFinished } from './step-store';

/** Takes steps over from the run that a re-run repeats. */
export interface Reuse {
	/**
	 * Decides on steps that have become ready: those that would only repeat what was done are completed
	 * with it, the others are handed on with the reason in the log. Also inside a write unit.
	 */
	offer(run: ActiveRun, tasks: Task[]): void;
	/** Completes in the session what a crash has left undone; before any step of the run goes on. */
	restore(run: ActiveRun): Promise<void>;
}

interface Candidate {
	task: Task;
	from: RunId;
	/** The earlier run's `lastEvent` when this was decided. */
	seen: number;
	step: DoneStep;
	made: MadeFile[];
}

/** What is going on in one re-run. */
interface Taking {
	/** Ready, and not looked at. */
	offered: Task[];
	candidates: Candidate[];
	current: Task | null;
	/** Tasks that were handed on: to be delivered again as they are. */
	handedOn: Set<string>;
	isBusy: boolean;
	earlier: Earlier | null;
	made: MadeReader;
}

const keyOf = ({ agentId, epoch }: Task) => `${agentId}:${epoch}`;

export function createReuse(bound: {
	deps: Pick<EngineDeps, 'db' | 'events' | 'collector' | 'log'>;
	reused: ReuseStore;
	/** Whether the engine still has this run. */
	isActive(run: ActiveRun): boolean;
	/** Has steps really done. */
	enqueue(tasks: Task[]): void;
	/** As in `Settling`. */
	settle(run: ActiveRun): Settled;
	/** Brings what follows from a step's end on its way; it is on disk. */
	goOn(run: ActiveRun, settled: Settled): void;
	/** Owns a promise that nobody awaits. */
	own(work: Promise<void>, runId: RunId): void;
}): Reuse {
	const { deps, reused, isActive, enqueue, settle, goOn, own } = bound;
	const { db, events, collector, log } = deps;
	const earlierRuns = createEarlierRuns(db);
	const takings = new WeakMap<ActiveRun, Taking>();

	function takingOf(run: ActiveRun): Taking {
		const known = takings.get(run);
		if (known) return known;
		const made = earlierRuns.readMade(run.id);
		const fresh = { offered: [], candidates: [], current: null, isBusy: false, earlier: null };
		const taking: Taking = { ...fresh, handedOn: new Set(), made };
		takings.set(run, taking);
		return taking;
	}

	/** Inside a write unit: the step is really done, and the log says why. */
	function handOn(run: ActiveRun, taking: Taking, task: Task, why: string | null): void {
		taking.handedOn.add(keyOf(task));
		if (why !== null) {
			const message = `Not taken over from the earlier run: ${why}.`;
			events.append(run.id, [
				{ type: 'log', agent_id: task.agentId, data: { level: 'info', message } }
			]);
		}
		enqueue([task]);
	}

	/** Inside a write unit: what the run's next steps rest on. */
	function groundOf(run: ActiveRun, { made }: Taking): Ground {
		made.refresh();
		return {
			agents: run.agents,
			models: run.models,
			directive: run.directive,
			allowInternet: run.workflow.allow_internet ?? false,
			inputs: run.inputs,
			answers: reused.answers(run.id),
			made: made.made
		};
	}

	/** Inside a write unit. A text says why not; null where a person wants the step done again. */
	function judge(run: ActiveRun, taking: Taking, task: Task): Candidate | string | null {
		if (reused.attempt(run.id, task.agentId) !== 0) return null;
		const from = run.rerunOf;
		const { earlier } = taking;
		if (from === null || earlier === null) return 'that run was deleted';
		if (earlier.isActive) return 'that run is going on again';
		const agent = run.agents.find(({ id }) => id === task.agentId);
		const before = earlier.agents.find(({ id }) => id === task.agentId);
		const step = earlier.done.get(task.agentId);
		if (!agent || !before || !step) return 'this step was not completed there';
		if (step.hasDelegated) return 'it had added agents to the graph there';
		if (step.wasRefused) return 'a person refused one of its calls there';
		const changed = differences(
			fingerprint(agent, groundOf(run, taking)),
			fingerprint(before, earlier)
		);
		if (changed.length > 0) return `${changed.join(', ')} changed`;
		const made = [...(earlier.made.get(task.agentId)?.values() ?? [])];
		return { task, from, seen: earlier.lastEvent, step, made };
	}

	async function decide(run: ActiveRun, taking: Taking, tasks: Task[]): Promise<void> {
		const found = await db.write(() => {
			const { rerunOf } = run;
			const newest = rerunOf && earlierRuns.lastEvent(rerunOf);
			if (newest === null || taking.earlier?.lastEvent !== newest)
				taking.earlier = rerunOf && earlierRuns.read(rerunOf, run.client);
			return tasks.flatMap((task) => {
				const judged = judge(run, taking, task);
				if (judged !== null && typeof judged !== 'string') return [judged];
				handOn(run, taking, task, judged);
				return [];
			});
		});
		taking.candidates.push(...found);
	}

	/**
	 * Holding the output lock: step, rows and events in one transaction, then the files; what follows
	 * from it waits until they are in their place. Null when nothing does.
	 */
	async function take(run: ActiveRun, taking: Taking, found: Candidate): Promise<Settled | null> {
		const { task, from, seen, step, made } = found;
		const { agentId } = task;
		const carried = await collector
			.carry(from, run.id, run.client, agentId, made)
			.catch((error: unknown) => {
				log.error({ err: error, run_id: run.id, agent_id: agentId }, 'could not carry files over');
				return { gone: 'its files could not be read; the server has logged why' };
			});
		const isTaken = await db.write(() => {
			if ('gone' in carried) handOn(run, taking, task, carried.gone);
			else if (earlierRuns.lastEvent(from) !== seen) taking.offered.push(task);
			else {
				const used = reused.takeOver(task, step.answer, step.reuse);
				if (!used) return false;
				carried.commit();
				const finished = stepFinished(used, 'completed', step.answer, null, step.reuse);
				events.append(run.id, [...eventsOf(carried, agentId), finished]);
				return true;
			}
			return false;
		});
		if (!isTaken || 'gone' in carried) return null;
		const news = await place(run, agentId, carried);
		return db.write(() => {
			events.append(run.id, news);
			return settle(run);
		});
	}

	/** What is to be told when that fails: the files are kept, and those who come next miss them. */
	async function place(
		run: ActiveRun,
		agentId: AgentId,
		carried: { place(): Promise<void> }
	): Promise<NewRunEvent[]> {
		try {
			await carried.place().finally(() => (run.writes += 1));
			return [];
		} catch (error) {
			log.error({ err: error, run_id: run.id, agent_id: agentId }, 'could not place files');
			const message =
				'Files that were taken over are among the artifacts, but could not be put into the session.';
			return [{ type: 'log', agent_id: agentId, data: { level: 'error', message } }];
		}
	}

	/** One step after the other, in the order in which they were completed there. */
	async function work(run: ActiveRun, taking: Taking): Promise<void> {
		taking.isBusy = true;
		try {
			while (isActive(run) && taking.offered.length + taking.candidates.length > 0) {
				const offered = taking.offered.splice(0);
				if (offered.length > 0) await decide(run, taking, offered);
				const next = taking.candidates.sort((a, b) => a.step.endedAt - b.step.endedAt).shift();
				if (!next) continue;
				taking.current = next.task;
				const settled = await run.withOutput(() => take(run, taking, next));
				taking.current = null;
				if (settled) goOn(run, settled);
			}
		} catch (error) {
			// What is in memory was told of a write that did not happen; the periodic look offers again.
			run.progress = null;
			takings.delete(run);
			throw error;
		} finally {
			taking.current = null;
			taking.isBusy = false;
		}
	}

	return {
		offer(run, tasks) {
			const taking = takingOf(run);
			const { offered, candidates, current, handedOn } = taking;
			const known = new Set([...offered, ...candidates.map(({ task }) => task)].map(keyOf));
			if (current) known.add(keyOf(current));
			enqueue(tasks.filter((task) => goesOn(task) || handedOn.has(keyOf(task))));
			for (const task of tasks)
				if (!goesOn(task) && !handedOn.has(keyOf(task)) && !known.has(keyOf(task)))
					offered.push(task);
			if (!taking.isBusy && offered.length > 0) own(work(run, taking), run.id);
		},
		async restore(run) {
			const agents = reused.reused(run.id);
			if (agents.length === 0) return;
			try {
				await collector.restore(run.id, agents);
			} catch (error) {
				log.error({ err: error, run_id: run.id }, 'could not place what a run has taken over');
			}
		}
	};
}
