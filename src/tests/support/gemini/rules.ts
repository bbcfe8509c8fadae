import { isDeepStrictEqual } from 'node:util';
import { badRequest, type GoogleError } from './failure';
import type { GeminiContent, GeminiPart, GeminiRequest } from './request';

/** A turn that was given out, whole. */
export interface Issued {
	model: string;
	apiKey: string;
	parts: GeminiPart[];
}

export interface Rules {
	model: string;
	apiKey: string;
	/** Every signature that was given out, with its turn. */
	issued: ReadonlyMap<string, Issued>;
}

const SKIP = 'skip_thought_signature_validator';

export function versionOf(model: string): number {
	return Number(/^gemini-(\d+(?:\.\d+)?)/.exec(model)?.[1] ?? 3);
}

const callsOf = (content: GeminiContent | undefined) =>
	(content?.parts ?? []).flatMap((part) => part.functionCall ?? []);
const answersOf = (content: GeminiContent | undefined) =>
	(content?.parts ?? []).flatMap((part) => part.functionResponse ?? []);

/** What the service has against the request; null when nothing. */
export function refusalOf(request: GeminiRequest, rules: Rules): GoogleError | null {
	const { contents } = request;
	const found =
		configProblem(request, rules.model) ??
		orderProblem(contents, rules.model) ??
		contents.reduce<string | null>((p, _, at) => p ?? answerProblem(contents, at), null) ??
		signatureProblem(contents, rules);
	return found === null ? null : badRequest(found);
}

function configProblem(
	{ generationConfig, contents }: GeminiRequest,
	model: string
): string | null {
	const { thinkingConfig } = generationConfig ?? {};
	const version = versionOf(model);
	if (thinkingConfig && (version < 2.5 || /lite|image/.test(model)))
		return 'Thinking_config.include_thoughts is only enabled when thinking is enabled.';
	if (thinkingConfig?.thinkingLevel && version < 3)
		return 'Thinking level is not supported for this model.';
	if (version < 3 && contents.some((c) => answersOf(c).some((answer) => answer.parts)))
		return 'Multimodal function responses are not supported for this model.';
	return null;
}

function orderProblem(contents: GeminiContent[], model: string): string | null {
	if (contents.at(-1)?.role === 'model' && versionOf(model) >= 3)
		return 'The last content must not have the role "model": prefilling is not supported.';
	for (const [at, content] of contents.entries()) {
		const before = contents[at - 1];
		if (callsOf(content).length > 0 && (content.role !== 'model' || before?.role !== 'user'))
			return 'Please ensure that function call turn comes immediately after a user turn or after a function response turn.';
		if (content.role === 'model' && answersOf(content).length > 0)
			return 'A function response must have the role "user".';
		if (answersOf(content).length > 0 && callsOf(before).length === 0)
			return 'Please ensure that function response turn comes immediately after a function call turn.';
	}
	return null;
}

/** All answers to a turn's calls, in one content, in their order, by id and name. */
function answerProblem(contents: GeminiContent[], at: number): string | null {
	const calls = callsOf(contents[at]);
	const answers = answersOf(contents[at + 1]);
	if (calls.length === 0) return null;
	if (calls.length !== answers.length)
		return 'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.';
	for (const [index, call] of calls.entries()) {
		const answer = answers[index];
		if (answer?.id !== call.id || answer?.name !== call.name)
			return `The function response ${answer?.id}/${answer?.name} does not match the function call ${call.id}/${call.name}.`;
		if (!('output' in (answer?.response ?? {})) && !('error' in (answer?.response ?? {})))
			return 'The function response has neither "output" nor "error".';
	}
	return null;
}

function signatureProblem(contents: GeminiContent[], rules: Rules): string | null {
	const turnBegan = contents.findLastIndex(
		(content) => content.role === 'user' && content.parts.some((part) => !part.functionResponse)
	);
	for (const [at, content] of contents.entries()) {
		if (content.role !== 'model') continue;
		const first = content.parts.find((part) => part.functionCall);
		if (first && !first.thoughtSignature && at > turnBegan && versionOf(rules.model) >= 3)
			return (
				'Function call is missing a thought_signature in functionCall parts. This is required for tools to ' +
				`work correctly. Additional data, function call \`${first.functionCall?.name}\`, position ${at + 1}.`
			);
		const problem = alteration(content, rules);
		if (problem) return problem;
	}
	return null;
}

/** Whether signatures, and the calls beside them, are as they were given out. */
function alteration(content: GeminiContent, { issued, model, apiKey }: Rules): string | null {
	const signatures = content.parts.flatMap((part) => part.thoughtSignature ?? []);
	for (const signature of signatures) {
		if (signature === SKIP) continue;
		const turn = issued.get(signature);
		if (!turn) return 'Corrupted thought signature.';
		if (turn.model !== model || turn.apiKey !== apiKey) return 'Invalid thought signature.';
		const given = { role: content.role, parts: turn.parts };
		if (!isDeepStrictEqual(signed(content.parts), signed(turn.parts)))
			return 'Corrupted thought signature: the signed parts of the turn are not those that were given.';
		if (!isDeepStrictEqual(callsOf(content), callsOf(given)))
			return 'Corrupted thought signature: the calls of the turn are not those that were given.';
	}
	return null;
}

const signed = (parts: GeminiPart[]) => parts.filter((part) => part.thoughtSignature !== undefined);
