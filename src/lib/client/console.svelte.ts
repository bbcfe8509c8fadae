import { shortId } from '$lib/domain/ids';
import { isActive, type RunStatus } from '$lib/domain/run';
import { emptyView, type RunView } from '$lib/domain/run-event';
import { waitingStep } from '$lib/domain/run-view';
import { workflowOfRun } from '$lib/domain/run-workflow';
import type { RailState } from './rail.svelte';
import type { RunChange } from './run-changes';
import { RunFeed } from './run-feed.svelte';
import type { Selected } from './selected';
import { previewOf, type WorkflowShape } from './workflow-preview';

/**
 * What the console works on: the directive and workflow of the next run, and the run on screen,
 * whose events also reach the rail.
 */
export class ConsoleState {
	readonly workflows: WorkflowShape[];
	readonly rail: RailState;
	workflowId = $state('');
	directive = $state('');
	selected: Selected | null = $state.raw(null);
	feed: RunFeed | null = $state.raw(null);

	/** Hears that the run on screen has just ended. */
	onended: ((run: RunView) => void) | null = null;

	readonly run = $derived.by(() => this.feed?.view ?? null);
	readonly active = $derived.by(() => this.run !== null && isActive(this.run.status));
	/**
	 * The run, or the chosen workflow before there is one. A run that was just started shows the agents
	 * that it will have, so that they keep their places.
	 */
	readonly view = $derived.by((): RunView | null => {
		const { run } = this;
		if (run === null) return this.#preview();
		const awaited = run.steps.length === 0 && this.active ? this.#awaited : null;
		if (awaited === null) return run;
		const { workflow_id, name, steps } = awaited;
		return { ...run, workflow_id, name, steps };
	});

	/** A run whose workflow is not stored: it is started again from there. */
	#unstored: RunView | null = $state.raw(null);
	/** What can be chosen for the next run: what is stored, and what the run on screen was if that is not. */
	readonly choices = $derived.by((): { id: string; name: string }[] => {
		const run = this.#unstored;
		if (run === null) return this.workflows;
		return [{ id: workflowOfRun(run.run_id), name: `${run.name} (not stored)` }, ...this.workflows];
	});

	/** The agents that the run on screen will have when it begins. */
	#awaited: RunView | null = null;

	constructor(options: {
		workflows: WorkflowShape[];
		rail: RailState;
		run: RunView | null;
		workflowId?: string | undefined;
		directive?: string | undefined;
	}) {
		this.workflows = options.workflows;
		this.rail = options.rail;
		if (options.run && !this.#isStored(options.run)) this.#unstored = options.run;
		const wanted = options.workflowId ?? options.run?.workflow_id;
		const known = this.choices.find((w) => w.id === wanted);
		this.workflowId = (known ?? this.choices[0])?.id ?? '';
		this.directive = options.directive ?? options.run?.user_directive ?? '';
		if (options.run) this.#show(options.run.run_id, options.run);
	}

	/** Shows a run that was just started, of the chosen workflow or as `again`, and follows it. */
	follow(runId: string, again: RunView | null = null): void {
		this.close();
		this.#awaited = again ? asNew(again) : this.#preview();
		this.selected = null;
		this.#show(runId);
		this.rail.currentRunId = runId;
		this.connect();
	}

	/** The run on screen was resumed: follows it again. */
	reopen(): void {
		this.feed?.reopen();
	}

	/** Takes over what was done to a run elsewhere; what is written and attached here stays. */
	async changed({ run_id, done }: RunChange): Promise<void> {
		if (run_id === this.run?.run_id) {
			if (done === 'resumed') this.reopen();
			if (done === 'removed') this.#clear();
		}
		if (run_id === this.#unstored?.run_id && done === 'removed') this.#forget(run_id);
		await this.rail.refresh();
	}

	/** Of what is gone, nothing can be started. */
	#forget(runId: string): void {
		this.#unstored = null;
		if (this.workflowId === workflowOfRun(runId)) this.workflowId = this.workflows[0]?.id ?? '';
	}

	/** A run that waits for its turn does not tell yet. */
	#isStored({ workflow_id }: RunView): boolean {
		return workflow_id === '' || this.workflows.some(({ id }) => id === workflow_id);
	}

	#clear(): void {
		this.close();
		this.feed = null;
		this.selected = null;
		this.rail.currentRunId = null;
	}

	/** Only in the browser. */
	connect(): void {
		this.feed?.connect();
	}

	close(): void {
		this.feed?.close();
	}

	#show(runId: string, view?: RunView): void {
		this.feed = new RunFeed(runId, view);
		this.feed.onEvent = (event) => {
			this.rail.apply(event);
			if (event.type === 'run_finished' && this.run) this.onended?.(this.run);
		};
	}

	#preview(): RunView | null {
		const again = this.#unstored;
		if (again && this.workflowId === workflowOfRun(again.run_id)) {
			const { workflow_id, name, steps } = asNew(again);
			return { ...emptyView(''), workflow_id, name, steps };
		}
		const workflow = this.workflows.find((w) => w.id === this.workflowId);
		return workflow ? previewOf(workflow) : null;
	}
}

/** The same agents before anything happened. Who was added on the way is added again, or not. */
function asNew(view: RunView): RunView {
	const own = view.steps.filter((step) => step.delegated_by === undefined);
	return { ...view, steps: own.map((step) => waitingStep({ ...step, id: step.agent_id })) };
}

const SIGNS: Record<RunStatus, string> = {
	queued: '○ Queued',
	running: '● Running',
	awaiting_approval: '▲ Needs approval',
	completed: '✓ Done',
	failed: '✕ Failed',
	cancelled: '■ Stopped'
};

/** The title of the browser's tab, which tells how the run stands while one looks elsewhere. */
export function pageTitle(run: Pick<RunView, 'run_id' | 'status'> | null): string {
	return run ? `${SIGNS[run.status]} · ${shortId(run.run_id)} – Raro` : 'Raro';
}
