import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { createArtifacts } from './artifacts/artifacts';
import { createClients } from './clients/clients';
import { createErase } from './clients/erase';
import { createRateLimit } from './clients/rate-limit';
import { openDb } from './db/client';
import { requireRunnable } from './engine/check-start';
import { createEngine } from './engine/engine';
import { createLibrary } from './library/library';
import { createModels } from './models/registry';
import { readConfig, type Config } from './platform/config';
import { trustedOriginsOf } from './platform/http/security';
import { createLog } from './platform/log';
import { createEventLog } from './runs/events';
import { createRuns } from './runs/runs';
import { createSessions } from './runs/session';
import { createSandbox } from './sandbox/select';
import { parseRunId } from '../domain/ids';
import { createFiles } from './storage/files';
import { clientFolders, createLayout } from './storage/layout';
import { lockStorage } from './storage/lock';
import { emptyTemp, prepareStorage, storageHealth } from './storage/prepare';
import { createTools } from './tools/registry';
import { createPlanner } from './planning/planner';
import { createWorkflows } from './workflows/workflows';

const SWEEP_MS = 3_600_000;

/** Builds everything once; the only place that knows all parts. */
async function build(config: Config) {
	const log = createLog(config);
	const now = () => new Date();
	const newId = randomUUID;
	const layout = createLayout(config.STORAGE_ROOT);
	await prepareStorage(layout);
	const lock = lockStorage(layout);
	await emptyTemp(layout);

	const db = openDb(layout.database, path.resolve('drizzle'));
	const files = createFiles(layout);
	const clients = createClients({ db, now, newId });
	const library = createLibrary({ db, files, config, now, newId, log });
	const artifacts = createArtifacts({ db, files, library, config, now, newId, log });
	const events = createEventLog({ db, now });
	const runs = createRuns({ db, files, events });
	const sessions = createSessions({ db, files, layout, library, now, log, config });
	const models = createModels(config);
	const workflows = createWorkflows({
		db,
		now,
		requireRunnable: (agents) => requireRunnable(models, agents)
	});
	const sandbox = await createSandbox(config, layout, log);
	const tools = createTools(sandbox);
	const engine = createEngine({
		db,
		events,
		sessions,
		collector: artifacts.collector,
		models,
		tools,
		sandbox,
		library,
		workflows,
		now,
		newId,
		log,
		config
	});

	const planner = createPlanner({ models, library, files, config });

	const erasing = createErase({
		clients,
		stopRuns: engine.stopAll,
		async removeRuns(client) {
			for (;;) {
				const page = await runs.list(client, {});
				if (page.runs.length === 0) return;
				for (const { run_id } of page.runs) await runs.remove(client, parseRunId(run_id));
			}
		},
		async removeFolders(client) {
			for (const folder of clientFolders(client)) await files.removeFolder(folder);
		}
	});

	async function sweep(): Promise<void> {
		try {
			await artifacts.sweep();
			await sessions.sweep();
		} catch (error) {
			log.error({ err: error }, 'the sweep failed; the next one tries again');
		}
	}

	let sweeping = Promise.resolve();
	let timer: NodeJS.Timeout | undefined;

	return {
		config,
		log,
		files,
		clients,
		/** How often one address may become somebody new: by the API, and by opening pages. */
		newClientLimit: createRateLimit({ burst: 60, refillMs: 10_000, now }),
		eraseClient: erasing.erase,
		library,
		artifacts,
		workflows,
		events,
		runs,
		sessions,
		models,
		sandbox,
		engine,
		planner,
		trustedOrigins: trustedOriginsOf(config),
		storageHealth: () => storageHealth(layout),
		/** Repairs what a crash left, then goes on where the last process stopped. */
		async start() {
			await library.reconcile();
			await artifacts.reconcile();
			await sessions.reconcile();
			await library.provideSamples(clients);
			await sandbox.reap(runs.active());
			await engine.open();
			await erasing.finish();
			sweeping = sweep();
			timer = setInterval(() => (sweeping = sweeping.then(sweep)), SWEEP_MS);
			timer.unref();
		},
		/** Lets go of everything; what was going on continues after the next start. */
		async stop() {
			clearInterval(timer);
			await engine.close();
			await sandbox.stop();
			await sweeping;
			await db.close();
			lock.release();
		}
	};
}

export type Services = Awaited<ReturnType<typeof build>>;

/*
 * The only state at module level. On globalThis, so that the copy of this module that a reload of the
 * development server makes finds what the former copy opened.
 */
const HOLDER = Symbol.for('raro.services');
const holder = globalThis as { [HOLDER]?: Services | undefined };

/** Builds and starts the services. @throws ConfigError, StartupError: a person has to change something. */
export async function startServices(): Promise<void> {
	await stopServices();
	const built = await build(readConfig());
	holder[HOLDER] = built;
	await built.start();
}

export async function stopServices(): Promise<void> {
	const running = holder[HOLDER];
	holder[HOLDER] = undefined;
	await running?.stop();
}

/** Everything a route may use. */
export function services(): Services {
	const running = holder[HOLDER];
	if (!running) throw new Error('The services are not running.');
	return running;
}
