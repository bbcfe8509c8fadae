import { DomainError } from '../../domain/errors';
import { MODEL_ROLES, type ModelRole } from '../../domain/workflow';
import type { Models } from '../engine/ports';
import type { Config } from '../platform/config';
import { createAnalyst } from './analyst/analyst';
import { createGemini } from './gemini/gemini';
import type { Model } from './model';
import { OPENAI_URL } from './openai/client';
import { createOpenAi } from './openai/openai';
import type { Price } from './prices';

const BUILTIN = 'builtin';
const ANALYST = `${BUILTIN}:analyst`;
const GEMINI_FAST = 'gemini:gemini-3.8-flash';
const GEMINI_STRONG = 'gemini:gemini-4-argon';

/** Whether a model can be used, for `/health` and the settings rail. */
export interface ModelDescription {
	/** `provider:name`. */
	model: string;
	available: boolean;
	/** Why not; null when it is. */
	detail: string | null;
}

export interface ModelRegistry extends Models {
	/** What `fast`, `reasoning` and `thinking` mean on this server. */
	describe(): Record<ModelRole, ModelDescription>;
}

type ModelConfig = Pick<
	Config,
	| 'GEMINI_API_KEY'
	| 'GEMINI_BASE_URL'
	| 'OPENAI_API_KEY'
	| 'OPENAI_BASE_URL'
	| 'MODEL_FAST'
	| 'MODEL_REASONING'
	| 'MODEL_THINKING'
	| 'MODEL_PRICES'
>;

interface Provider {
	/** What is to be set before it can be used; null when it can. */
	missing: string | null;
	/** @param name of the model, without the provider's */
	create(name: string, price: Price | null): Model;
}

/** The models of this server: which names mean what, and who answers for them. */
export function createModels(config: ModelConfig): ModelRegistry {
	const { GEMINI_API_KEY, GEMINI_BASE_URL, OPENAI_API_KEY, OPENAI_BASE_URL } = config;
	const withOpenAi = (OPENAI_BASE_URL ?? OPENAI_API_KEY) !== undefined;
	const providers = new Map<string, Provider>([
		[
			'gemini',
			{
				missing: GEMINI_API_KEY === undefined ? 'set GEMINI_API_KEY to use Gemini' : null,
				create: (model, price) =>
					createGemini({ apiKey: GEMINI_API_KEY ?? '', baseUrl: GEMINI_BASE_URL, model, price })
			}
		],
		[
			'openai',
			{
				missing: withOpenAi
					? null
					: 'set OPENAI_BASE_URL to the address of an OpenAI-compatible server, such as http://localhost:11434/v1 for Ollama, or OPENAI_API_KEY for OpenAI itself',
				create: (model, price) =>
					createOpenAi({
						apiKey: OPENAI_API_KEY,
						baseUrl: OPENAI_BASE_URL ?? OPENAI_URL,
						model,
						price
					})
			}
		],
		[BUILTIN, { missing: null, create: createAnalyst }]
	]);
	const withKey = GEMINI_API_KEY !== undefined;
	const byRole: Record<ModelRole, string> = {
		fast: config.MODEL_FAST ?? (withKey ? GEMINI_FAST : ANALYST),
		reasoning: config.MODEL_REASONING ?? (withKey ? GEMINI_STRONG : ANALYST),
		thinking: config.MODEL_THINKING ?? (withKey ? GEMINI_STRONG : ANALYST)
	};
	const made = new Map<string, Model>();

	function find(model: string): { provider: Provider; name: string } | { problem: string } {
		const colon = model.indexOf(':');
		const [kind, name] = [model.slice(0, colon), model.slice(colon + 1)];
		const provider = providers.get(kind);
		if (!provider || name === '')
			return { problem: `There is no model "${model}"; a model is named <provider>:<model>.` };
		if (kind === BUILTIN && model !== ANALYST)
			return { problem: `There is no built-in model "${model}"; there is ${ANALYST}.` };
		if (provider.missing !== null)
			return { problem: `The model "${model}" cannot be used yet: ${provider.missing}.` };
		return { provider, name };
	}

	function problemOf(model: string): string | null {
		const found = find(model);
		return 'problem' in found ? found.problem : null;
	}

	const nameOf = (name: string): string => (isRole(name) ? byRole[name] : name);

	function descriptionOf(model: string): ModelDescription {
		const detail = problemOf(model);
		return { model, available: detail === null, detail };
	}

	return {
		resolve(name) {
			const model = nameOf(name);
			const problem = problemOf(model);
			if (problem !== null) throw new DomainError('invalid', problem);
			return model;
		},
		get(resolved) {
			const ready = made.get(resolved);
			if (ready) return ready;
			const found = find(resolved);
			if ('problem' in found) throw new DomainError('unavailable', found.problem);
			const model = found.provider.create(found.name, config.MODEL_PRICES[resolved] ?? null);
			made.set(resolved, model);
			return model;
		},
		priced: (resolved) =>
			resolved === ANALYST ? { input: 0, output: 0 } : (config.MODEL_PRICES[resolved] ?? null),
		describe: () => ({
			fast: descriptionOf(byRole.fast),
			reasoning: descriptionOf(byRole.reasoning),
			thinking: descriptionOf(byRole.thinking)
		})
	};
}

function isRole(name: string): name is ModelRole {
	return (MODEL_ROLES as readonly string[]).includes(name);
}
