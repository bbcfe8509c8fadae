import { z } from 'zod';
import type { Draft } from './workflow-form';

const agent = z.object({
	id: z.string(),
	role: z.string(),
	model: z.string(),
	prompt: z.string(),
	tools: z.array(z.string()),
	tools_requiring_approval: z.array(z.string()),
	depends_on: z.string(),
	requires_approval: z.boolean(),
	accepts_directive: z.boolean(),
	allow_delegation: z.boolean(),
	user_directive: z.string(),
	position: z.string()
});
const draft = z.object({
	id: z.string(),
	name: z.string(),
	description: z.string(),
	max_token_budget: z.string(),
	max_cost_usd: z.string(),
	timeout_s: z.string(),
	allow_internet: z.boolean(),
	agents: z.array(agent)
});

/** Work that was not saved. */
export interface Kept {
	draft: Draft;
	/** The `versionTag` of what it began from; null when that was not stored. */
	base: string | null;
}
const kept: z.ZodType<Kept> = z.object({ draft, base: z.string().nullable() });

/** Unsaved work of one workflow, kept in the browser. */
export interface Unsaved {
	/** Null when there is none, or none that can be read. */
	read(): Kept | null;
	/** False when the browser does not keep it. */
	write(work: Kept): boolean;
	forget(): void;
}

/** @param key names the workflow; null keeps nothing */
export function createUnsaved(
	storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null,
	key: string | null
): Unsaved {
	const name = `raro.unsaved.${key}`;
	const off = storage === null || key === null;
	return {
		read() {
			if (off) return null;
			try {
				return kept.parse(JSON.parse(storage.getItem(name) ?? ''));
			} catch {
				return null;
			}
		},
		write(value) {
			if (off) return key === null;
			try {
				storage.setItem(name, JSON.stringify(value));
				return true;
			} catch {
				return false;
			}
		},
		forget() {
			if (!off) storage.removeItem(name);
		}
	};
}
