import { DomainError } from '../../domain/errors';
import { MODEL_ROLES, type ModelRole } from '../../domain/workflow';
import type { Models } from '../engine/ports';
import type { Config } from '../platform/config';
import { createAnalyst } from './analyst/analyst';
import type { Model } from './model';

const ANALYST = 'builtin:analyst';

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

/** The models of this server: which names mean what, and who answers for them. */
export function createModels(
	config: Pick<Config, 'MODEL_FAST' | 'MODEL_REASONING' | 'MODEL_THINKING'>
): ModelRegistry {
	const byRole: Record<ModelRole, string> = {
		fast: config.MODEL_FAST ?? ANALYST,
		reasoning: config.MODEL_REASONING ?? ANALYST,
		thinking: config.MODEL_THINKING ?? ANALYST
	};
	const makers = new Map<string, () => Model>([[ANALYST, createAnalyst]]);
	const made = new Map<string, Model>();

	function problemOf(model: string): string | null {
		if (makers.has(model)) return null;
		const [provider = ''] = model.split(':');
		if (provider === 'builtin')
			return `There is no built-in model "${model}"; there is ${ANALYST}.`;
		return `The model "${model}" cannot be used: the provider "${provider}" is not configured on this server.`;
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
			const make = makers.get(resolved);
			if (!make)
				throw new DomainError(
					'unavailable',
					problemOf(resolved) ?? `The model "${resolved}" cannot be used.`
				);
			const model = make();
			made.set(resolved, model);
			return model;
		},
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
