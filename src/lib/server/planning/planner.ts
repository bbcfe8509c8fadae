import { DomainError } from '../../domain/errors';
import type { ClientId } from '../../domain/ids';
import type { PlanRequest, WorkflowConfig } from '../../domain/workflow';
import { requireAttachments, requireRunnable } from '../engine/check-start';
import type { Models } from '../engine/ports';
import { ModelError, type Message, type Model } from '../models/model';
import { takeTurn, turnPolicy, type TurnPolicy } from '../models/turn';
import type { Config } from '../platform/config';
import type { Files } from '../storage/files';
import type { FileName } from '../../domain/file-name';
import type { StoredFile } from '../storage/stored-file';
import { mendText, PLANNER, planText } from './brief';
import { draftSchema, readDraft } from './draft';
import { outlineOf } from './outline';

interface PlannerDeps {
	models: Models;
	library: { find(client: ClientId, name: FileName): Promise<StoredFile | null> };
	files: Pick<Files, 'open'>;
	config: Pick<Config, 'MODEL_IDLE_TIMEOUT_S' | 'STEP_TIMEOUT_S'>;
	/** Default: the server's. */
	policy?: TurnPolicy;
}

/** Who proposes workflows: the model that `reasoning` means. */
export function createPlanner({ models, library, files, config, policy }: PlannerDeps) {
	const planning = new Set<ClientId>();

	/** @throws DomainError `unavailable` */
	function plannerModel(): Model {
		const need =
			'Set GEMINI_API_KEY, or OPENAI_BASE_URL and MODEL_REASONING=openai:<model>, to plan workflows.';
		try {
			const name = models.resolve('reasoning');
			if (!name.startsWith('builtin:')) return models.get(name);
		} catch (error) {
			if (!(error instanceof DomainError)) throw error;
			throw new DomainError('unavailable', `Planning is not possible: ${error.message}`);
		}
		throw new DomainError(
			'unavailable',
			`Planning needs a language model; the built-in analyst cannot plan. ${need}`
		);
	}

	async function readBeginning({ key }: StoredFile, bytes: number): Promise<Uint8Array> {
		const opened = await files.open(key);
		if (!opened) return new Uint8Array();
		try {
			const buffer = new Uint8Array(Math.min(bytes, opened.stats.size));
			const { bytesRead } = await opened.handle.read(buffer, 0, buffer.length, 0);
			return buffer.subarray(0, bytesRead);
		} finally {
			await opened.handle.close();
		}
	}

	async function attached(client: ClientId, raw: string[]): Promise<StoredFile[]> {
		const names = await requireAttachments(library, client, raw);
		const found = await Promise.all(names.map((name) => library.find(client, name)));
		return found.filter((file) => file !== null);
	}

	async function propose(model: Model, text: string, signal: AbortSignal): Promise<WorkflowConfig> {
		const agent = { id: 'planner', role: 'orchestrator', prompt: PLANNER };
		const messages: Message[] = [{ role: 'user', text }];
		const limits = policy ?? turnPolicy(config);
		for (let attempt = 1; ; attempt += 1) {
			const request = { agent, messages, tools: [], answerSchema: draftSchema };
			const turn = await takeTurn(model, request, limits, {}, signal);
			const read = readDraft(turn.text);
			const problems = 'problems' in read ? read.problems : problemsOf(read.workflow);
			if ('workflow' in read && problems.length === 0) return read.workflow;
			if (attempt === 2)
				throw new DomainError(
					'unavailable',
					`The model ${model.id} made no plan that can be run: ${problems.slice(0, 3).join(' ')} Try again, or say more precisely what is to be done.`,
					problems
				);
			const { provider, model: name, wire, calls } = turn;
			messages.push(
				{ role: 'model', provider, model: name, wire, text: turn.text, calls },
				{ role: 'user', text: mendText(problems) }
			);
		}
	}

	function problemsOf({ agents }: WorkflowConfig): string[] {
		try {
			requireRunnable(models, agents);
			return [];
		} catch (error) {
			if (error instanceof DomainError) return [error.message];
			throw error;
		}
	}

	return {
		/**
		 * Proposes a workflow for a directive. It is valid and can be run, and nothing of it has been.
		 * @throws DomainError `invalid` naming unknown attachments; `too_many` while another plan of this
		 * client is made; `unavailable` with the reason when there is no model to plan, or it failed.
		 */
		async plan(
			client: ClientId,
			{ user_directive, attached_files }: PlanRequest,
			signal: AbortSignal
		): Promise<WorkflowConfig> {
			const stored = await attached(client, attached_files);
			const model = plannerModel();
			if (planning.has(client))
				throw new DomainError('too_many', 'A plan is being made for you already. Wait for it.');
			planning.add(client);
			try {
				const outline = await outlineOf(stored, readBeginning);
				return await propose(model, planText(user_directive, outline), signal);
			} catch (error) {
				if (!(error instanceof ModelError)) throw error;
				throw new DomainError(
					'unavailable',
					error.message,
					{ reason: error.code },
					{ cause: error }
				);
			} finally {
				planning.delete(client);
			}
		}
	};
}
