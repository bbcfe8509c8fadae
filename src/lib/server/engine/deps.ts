import type { Db } from '../db/client';
import type { Config } from '../platform/config';
import type { Log } from '../platform/log';
import type { Sandbox } from '../sandbox/sandbox';
import type { Attachable, Collector, EventLog, Models, Sessions, Tools, Workflows } from './ports';

/** Everything the engine works with. */
export interface EngineDeps {
	db: Db;
	events: EventLog;
	sessions: Sessions;
	collector: Collector;
	models: Models;
	tools: Tools;
	sandbox: Sandbox;
	library: Attachable;
	workflows: Workflows;
	now: () => Date;
	newId: () => string;
	log: Pick<Log, 'info' | 'warn' | 'error'>;
	config: Pick<
		Config,
		| 'MAX_ACTIVE_RUNS'
		| 'MAX_ACTIVE_RUNS_PER_CLIENT'
		| 'MAX_PARALLEL_STEPS'
		| 'RUN_TIMEOUT_S'
		| 'STEP_TIMEOUT_S'
		| 'TOOL_TIMEOUT_S'
		| 'MODEL_IDLE_TIMEOUT_S'
		| 'MAX_TOOL_ROUNDS'
		| 'ARTIFACT_RETENTION_HOURS'
	>;
	/** Waits before a model is asked again after a failure that may pass. */
	retryDelaysMs?: readonly number[];
	/** How often every active run is looked at again, in milliseconds. */
	reconcileMs?: number;
}
