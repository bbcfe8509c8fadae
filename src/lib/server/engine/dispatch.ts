import type { AgentId, ClientId, RunId } from '../../domain/ids';
import { createFairQueue } from './fair-queue';
import { Interrupt, type InterruptReason } from './interrupt';

/** A step to do. Delivering it twice is harmless: only one claim of `epoch` succeeds. */
export interface Task {
	runId: RunId;
	agentId: AgentId;
	client: ClientId;
	/** What the step's epoch was when the task was made. */
	epoch: number;
	/** The step was running when the server went down. */
	recovered: boolean;
	/** A person has decided what the step waited for. */
	decided?: boolean;
}

/** The step has begun before: what is recorded of it counts. */
export function goesOn(task: Task): boolean {
	return task.recovered || task.decided === true;
}

/**
 * Does one task. Never rejects. Aborting the controller makes it let go. `free` gives its place to
 * the next task before it is all done: its end is in the flush that is going on.
 */
export type TaskHandler = (task: Task, abort: AbortController, free: () => void) => Promise<void>;

/** Brings steps to who does them: in this process, or, behind the same port, by a queue. */
export interface Dispatcher {
	enqueue(tasks: Task[]): void;
	start(handler: TaskHandler): void;
	/** Interrupts the run's tasks that are going on, and gives back those that are not. */
	cancel(runId: RunId, reason: InterruptReason): Task[];
	/** Interrupts everything, and resolves when all have let go. */
	stop(): Promise<void>;
}

/**
 * In this process. Clients take turns; each has at most `perClient` steps going on, all together at
 * most `limit`.
 */
export function createDispatcher(limits: { limit: number; perClient: number }): Dispatcher {
	const going = new Map<Task, { abort: AbortController; done: Promise<void> }>();
	let handle: TaskHandler | null = null;
	let stopped = false;
	const queue = createFairQueue<Task>({
		limit: limits.limit,
		perOwner: limits.perClient,
		ownerOf: (task) => task.client,
		keyOf: (task) => `${task.runId}:${task.agentId}:${task.epoch}`,
		begin
	});

	function begin(task: Task): void {
		if (handle === null || stopped) return;
		const abort = new AbortController();
		let freed = false;
		const free = () => {
			if (!freed) queue.done(task);
			freed = true;
		};
		const done = handle(task, abort, free).finally(() => {
			going.delete(task);
			free();
		});
		going.set(task, { abort, done });
	}

	return {
		start(handler) {
			handle = handler;
		},
		enqueue(tasks) {
			if (handle === null || stopped) return;
			for (const task of tasks) queue.push(task);
		},
		cancel(runId, reason) {
			const waiting = queue.remove((task) => task.runId === runId);
			for (const [task, { abort }] of going)
				if (task.runId === runId) abort.abort(new Interrupt(reason));
			return waiting;
		},
		async stop() {
			stopped = true;
			queue.remove(() => true);
			for (const { abort } of going.values()) abort.abort(new Interrupt('shutdown'));
			await Promise.all([...going.values()].map(({ done }) => done));
		}
	};
}
