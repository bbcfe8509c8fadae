import { ModelError, type ModelPart } from '../model';
import { addDelta, type Draft } from './calls';
import { chunkSchema, type UsageCount } from './chunk';

/** What a server has answered. */
export interface Answer {
	text: string;
	thoughts: string;
	refusal: string;
	drafts: Draft[];
	/** Null while the answer is not complete. */
	finish: string | null;
	/** The last that was said: it is a running total. */
	usage: UsageCount | null;
	id: string | null;
	/** As the server names it. */
	model: string | null;
}

export const emptyAnswer = (): Answer => ({
	text: '',
	thoughts: '',
	refusal: '',
	drafts: [],
	finish: null,
	usage: null,
	id: null,
	model: null
});

/** Adds a chunk to the answer; returns what there is to show of it. @throws ModelError */
export function addChunk(answer: Answer, raw: unknown): ModelPart[] {
	const parsed = chunkSchema.safeParse(raw);
	if (!parsed.success)
		throw new ModelError(
			'model_malformed',
			'The model’s server sent something that is no part of a chat completion. Check OPENAI_BASE_URL.',
			true,
			{ cause: parsed.error, attempts: 1 }
		);
	const { id, model, choices, usage } = parsed.data;
	answer.id ??= id ?? null;
	answer.model ??= model ?? null;
	answer.usage = usage ?? answer.usage;
	const [choice] = choices ?? [];
	answer.finish = choice?.finish_reason || answer.finish;
	const { content, refusal, reasoning_content, reasoning, tool_calls } = choice?.delta ?? {};
	for (const piece of tool_calls ?? []) addDelta(answer.drafts, piece);
	const thought = reasoning_content || reasoning || '';
	answer.thoughts += thought;
	answer.refusal += refusal ?? '';
	answer.text += content ?? '';
	return [
		...(thought ? [{ type: 'thought' as const, text: thought }] : []),
		...(content ? [{ type: 'text' as const, text: content }] : [])
	];
}

/** @throws ModelError when that was no whole turn. */
export function requireWhole({ text, refusal, drafts, finish }: Answer): void {
	if (finish === null || finish === 'abort')
		throw new ModelError(
			'model_incomplete',
			'The model’s answer broke off before it was complete.',
			true
		);
	if (finish === 'error')
		throw new ModelError('model_unavailable', 'The model’s server failed while it answered.', true);
	if (finish === 'content_filter' || (refusal !== '' && text === '' && drafts.length === 0))
		throw new ModelError(
			'model_refused',
			'The model refused to answer. Change the directive or what the files hold.',
			false
		);
	if (finish === 'length')
		throw new ModelError(
			'model_output_limit',
			'The answer was cut off at the longest that the model may write. Ask for less at once, or raise what limits it: the run’s budget, or the server’s limit or context size.',
			false
		);
	if (drafts.some(({ name }) => name === ''))
		throw new ModelError('model_malformed', 'The model called a tool without its name.', true, {
			attempts: 1
		});
	if (text.trim() === '' && drafts.length === 0)
		throw new ModelError('model_empty', 'The model answered nothing.', true, { attempts: 1 });
}
