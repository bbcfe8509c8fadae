/** Why no workflow can be planned with what `reasoning` means on this server; null when one can. */
export function whyUnplannable(reasoning: {
	model: string;
	available: boolean;
	detail: string | null;
}): string | null {
	if (reasoning.model.startsWith('builtin:'))
		return 'Planning needs a language model, and this server has none: see MODEL_REASONING in its settings.';
	if (reasoning.available) return null;
	return `Planning is not possible: ${reasoning.detail ?? `${reasoning.model} cannot be used.`}`;
}
