import { DomainError } from '../../domain/errors';
import { parseFileName, type FileName } from '../../domain/file-name';
import type { ToolOutcome } from './tool';

/** What a model gets when a tool will not do what it asks. */
export function refusal(error: string): ToolOutcome {
	return { ok: false, result: { error }, writes: [], refused: [] };
}

/** A model's file name as a safe one, or the refusal to answer with. */
export function nameOrRefusal(raw: string): FileName | ToolOutcome {
	try {
		return parseFileName(raw);
	} catch (error) {
		if (error instanceof DomainError) return refusal(error.message);
		throw error;
	}
}
