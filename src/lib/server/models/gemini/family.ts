/** Names of this shape only: the name becomes part of the address that is asked. */
const NAME = /^(models\/|tunedModels\/)?[A-Za-z0-9][\w.-]*$/;

export function isModelName(model: string): boolean {
	return NAME.test(model) && !model.includes('..');
}

/** Those that think unless told otherwise; the others refuse a request that asks for thoughts. */
export function thinksByDefault(model: string): boolean {
	const name = bare(model);
	if (/lite|image|tts|audio|live|embedding/.test(name)) return false;
	return (versionOf(name) ?? 0) >= 2.5 || /^gemini-(flash|pro)-latest$/.test(name);
}

/** Since Gemini 3 a tool's answer may hold media; before, they stand beside it. */
export function takesMediaInAnswers(model: string): boolean {
	const version = versionOf(bare(model));
	return version === null || version >= 3;
}

const bare = (model: string) => model.replace(/^(models|tunedModels)\//, '');

function versionOf(name: string): number | null {
	const found = /^gemini-(\d+(?:\.\d+)?)/.exec(name)?.[1];
	return found === undefined ? null : Number(found);
}
