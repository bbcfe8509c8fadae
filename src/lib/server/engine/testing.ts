import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import pino from 'pino';
import { z } from 'zod';
import { DomainError } from '../../domain/errors';
import { parseFileName, type FileName } from '../../domain/file-name';
import { isClientId, type ClientId, type RunId } from '../../domain/ids';
import { isActive, type RunState } from '../../domain/run';
import { emptyView, type RunEvent, type RunView } from '../../domain/run-event';
import { apply } from '../../domain/run-view';
import { agentSchema, startSchema, type StartRequest } from '../../domain/workflow';
import { createArtifacts } from '../artifacts/artifacts';
import { openDb, type Db } from '../db/client';
import { clients } from '../db/schema';
import { MIGRATIONS, openTestDb } from '../db/testing';
import type { Model, ModelPart, TurnRequest, Usage } from '../models/model';
import type { Price } from '../models/prices';
import { createEventLog } from '../runs/events';
import { createRuns } from '../runs/runs';
import { createSessions } from '../runs/session';
import type { Sandbox } from '../sandbox/sandbox';
import { createFiles } from '../storage/files';
import { createLayout, fileKey, libraryFolder, type StorageKey } from '../storage/layout';
import type { StoredFile } from '../storage/stored-file';
import type { Tool, ToolOutcome } from '../tools/tool';
import type { EngineDeps } from './deps';
import { createEngine } from './engine';

/** What an agent's model does in one turn; the turn counts from 1. */
export type Script = (ask: {
	turn: number;
	request: TurnRequest;
	signal: AbortSignal;
}) => AsyncIterable<ModelPart> | Iterable<ModelPart>;

const usage = { input_tokens: 10, output_tokens: 5, cost_usd: null };

/** A turn that ends with a text and no calls. */
export function* say(text: string, used: Usage = usage): Generator<ModelPart> {
	yield { type: 'text', text };
	yield { type: 'end', provider: 'script', model: 'one', wire: { text }, usage: used };
}

/** A turn that calls tools: `[name, arguments]`; and what it took. */
export function* call(...asked: ([string, unknown] | Usage)[]): Generator<ModelPart> {
	const calls = asked.filter((one) => Array.isArray(one));
	const [used = usage] = asked.flatMap((one) => (Array.isArray(one) ? [] : [one]));
	for (const [index, [name, args]] of calls.entries())
		yield { type: 'tool_call', call: { id: `call-${index}`, name, arguments: args } };
	yield { type: 'end', provider: 'script', model: 'one', wire: { calls }, usage: used };
}

/** Something a test opens and others wait for. */
export function gate(): { open(): void; opened: Promise<void> } {
	let open: () => void = () => undefined;
	const opened = new Promise<void>((resolve) => {
		open = resolve;
	});
	return { open, opened };
}

/** Resolves when the condition holds; asks again after each turn of the event loop. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
	while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}

export const text = (raw: string): Uint8Array => new TextEncoder().encode(raw);

/** Writes `content` under `filename`; the engine's tests need no other tool to make files. */
export function writingTool(): Tool {
	const input = z.strictObject({ filename: z.string(), content: z.string() });
	return {
		name: 'write_file',
		description: 'Writes a file.',
		input,
		async run(raw): Promise<ToolOutcome> {
			const { filename, content } = input.parse(raw);
			const bytes = text(content);
			const name = parseFileName(filename);
			const result = { filename, size_bytes: bytes.byteLength };
			return { ok: true, result, writes: [{ name, bytes }], refused: [] };
		}
	};
}

export function tool(name: string, run: Tool['run']): Tool {
	return { name, description: name, input: z.object({}), run };
}

const noSandbox: Sandbox = {
	kind: 'off',
	describe: () => ({ kind: 'off', detail: 'The engine is tested without code.' }),
	guide: () => null,
	run: () => Promise.reject(new Error('no code here')),
	release: () => Promise.resolve(),
	reap: () => Promise.resolve(),
	stop: () => Promise.resolve()
};

const limits: EngineDeps['config'] = {
	MAX_ACTIVE_RUNS: 16,
	MAX_ACTIVE_RUNS_PER_CLIENT: 4,
	MAX_PARALLEL_STEPS: 4,
	RUN_TIMEOUT_S: 3600,
	STEP_TIMEOUT_S: 900,
	TOOL_TIMEOUT_S: 60,
	MODEL_IDLE_TIMEOUT_S: 90,
	MAX_TOOL_ROUNDS: 30,
	ARTIFACT_RETENTION_HOURS: 168
};

export interface StageOptions {
	/** By agent id; an agent without one says its own id. */
	scripts?: Record<string, Script>;
	/** Answers instead of the scripts. */
	model?: Model;
	tools?: Tool[];
	config?: Partial<EngineDeps['config'] & { ARTIFACT_QUOTA_BYTES: number }>;
	retryDelaysMs?: number[];
	now?: () => Date;
	/** By the name a model is resolved to. */
	prices?: Record<string, Price>;
	sandbox?: Partial<Sandbox>;
	/** Names of models that cannot be used, and why not. */
	models?: Record<string, string>;
	/** Its process is to be killed: nobody closes it. */
	killed?: boolean;
}

/** Engines on one real database and one real disk, with models that follow a script. */
export function openStage() {
	const opened = openTestDb();
	const layout = createLayout(opened.folder);
	mkdirSync(layout.temp, { recursive: true });
	const files = createFiles(layout);
	const library = new Map<string, StoredFile>();
	const others: Db[] = [];
	const running: ReturnType<typeof createEngine>[] = [];
	/** Everything a model was asked, over all engines: `agent:turn`. */
	const asked: string[] = [];

	function openEngine(options: StageOptions = {}, db: Db = opened.db) {
		const now = options.now ?? (() => new Date());
		const log = pino({ level: 'silent' });
		const newId = () => randomUUID();
		const bytes = { MAX_FILE_BYTES: 1024 ** 2, ARTIFACT_QUOTA_BYTES: 1024 ** 3 };
		const config = { ...limits, ...bytes, SESSION_RETENTION_HOURS: 24, ...options.config };
		const events = createEventLog({ db, now });
		const find = async (_: ClientId, name: FileName) => library.get(name) ?? null;
		const sessions = createSessions({ db, files, layout, library: { find }, now, log, config });
		const adopt = () => Promise.reject(new Error('nothing is promoted here'));
		const artifacts = createArtifacts({ db, files, library: { adopt }, config, now, newId, log });
		const model: Model = options.model ?? {
			id: 'script:one',
			async *streamTurn(request, signal) {
				const turn = request.messages.filter((m) => m.role === 'model').length + 1;
				asked.push(`${request.agent.id}:${turn}`);
				const script = options.scripts?.[request.agent.id] ?? (() => say(request.agent.id));
				yield* script({ turn, request, signal });
			}
		};
		const tools = new Map((options.tools ?? [writingTool()]).map((t) => [t.name, t]));
		const engine = createEngine({
			db,
			events,
			sessions,
			collector: artifacts.collector,
			models: {
				resolve(name) {
					const problem = options.models?.[name];
					if (problem !== undefined) throw new DomainError('invalid', problem);
					return name.includes(':') ? name : 'script:one';
				},
				get: () => model,
				priced: (resolved) => options.prices?.[resolved] ?? null
			},
			tools: { get: (name) => tools.get(name) ?? null },
			sandbox: { ...noSandbox, ...options.sandbox },
			library: { find },
			workflows: { get: async () => null },
			now,
			newId,
			log,
			config,
			retryDelaysMs: options.retryDelaysMs ?? [1, 1],
			reconcileMs: 50
		});
		if (!options.killed) running.push(engine);
		const runs = createRuns({ db, files, events });

		return {
			...engine,
			db,
			events,
			runs,
			sessions,
			artifacts,
			/** Resolves with the run's state once it is over. */
			async over(client: ClientId, run: RunId): Promise<RunState> {
				await until(() => !isActive(runs.standing(run)?.status ?? 'failed'));
				return runs.state(client, run);
			},
			log: (run: RunId): RunEvent[] => events.read(run, 0, 100_000),
			view: (run: RunId): RunView => viewOf(run, events.read(run, 0, 100_000))
		};
	}

	return {
		layout,
		files,
		db: opened.db,
		asked,
		openEngine,
		/** The same database as another process would open it. */
		openSecondDb(): Db {
			const db = openDb(`${opened.folder}/raro.db`, MIGRATIONS);
			others.push(db);
			return db;
		},
		async addClient(): Promise<ClientId> {
			const id = randomUUID();
			if (!isClientId(id)) throw new Error('not a client id');
			const at = new Date();
			const row = { id, createdAt: at, lastSeenAt: at };
			await opened.db.write(() => opened.db.q.insert(clients).values(row).run());
			return id;
		},
		async addToLibrary(client: ClientId, raw: string, content: string): Promise<StorageKey> {
			const name = parseFileName(raw);
			const staged = await files.stage(chunks(content), 1024 ** 2);
			const key = await files.place(staged, libraryFolder(client), name);
			const { sizeBytes, sha256 } = staged;
			library.set(name, { name, key, sizeBytes, sha256, contentType: 'text/csv' });
			return fileKey(libraryFolder(client), name);
		},
		library,
		async close() {
			for (const engine of running) await engine.close();
			for (const db of others) await db.close();
			await opened.close();
		}
	};
}

/** A database whose process is killed: nothing is written from a chosen moment on. */
export function mortal(db: Db): { db: Db; kill(): void } {
	let dead = false;
	const write: Db['write'] = (unit) =>
		dead ? new Promise(() => undefined) : db.write(() => (dead ? neverMind() : unit()));
	return {
		db: { ...db, write },
		kill() {
			dead = true;
		}
	};
}

/** What a unit says that was killed. */
export function neverMind(): never {
	throw new Error('killed');
}

async function* chunks(content: string): AsyncGenerator<Uint8Array> {
	yield text(content);
}

export function viewOf(run: string, events: RunEvent[]): RunView {
	return events.reduce(apply, emptyView(run));
}

/** A request with these agents: `{a: [], b: ['a']}` names each one's dependencies. */
export function request(
	graph: Record<string, string[]>,
	more: Partial<z.input<typeof startSchema>> & { tools?: string[] } = {}
): StartRequest {
	const { tools = ['write_file'], ...rest } = more;
	return startSchema.parse({
		id: 'test',
		name: 'Test',
		agents: Object.entries(graph).map(([id, depends_on]) =>
			agentSchema.parse({ id, depends_on, prompt: `You are ${id}.`, tools })
		),
		...rest
	});
}
