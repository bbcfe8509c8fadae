import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { type Model, type ModelPart, type TurnRequest } from '../model';
import type { Price } from '../prices';
import { addChunk, emptyAnswer, requireWhole, type Answer } from './answer';
import { toCalls } from './calls';
import { openStream, type Server } from './client';
import { toModelError } from './errors';
import { readFailure } from './failure';
import { refusedFeature, type Feature } from './features';
import { createPulse } from './pulse';
import { askAgain, brokenCalls, mend } from './repair';
import { bodyOf } from './request';
import { usageOf } from './usage';

export interface OpenAiDeps extends Server {
	/** As the server names it: `qwen3:8b`. */
	model: string;
	/** Null when unknown. */
	price: Price | null;
}

/**
 * A model behind an OpenAI-compatible server (chat completions, streamed): OpenAI, Ollama, llama.cpp,
 * vLLM, LM Studio. Retries and timers are the caller's. What the server refuses to know, such as tools or
 * images, is left out for as long as this object lives.
 */
export function createOpenAi({ apiKey, baseUrl, model, price }: OpenAiDeps): Model {
	const without = new Set<Feature>();

	/** Adds one answer to the last of `answers` while it streams. */
	async function* ask(
		answers: readonly Answer[],
		request: TurnRequest,
		more: ChatCompletionMessageParam[],
		signal: AbortSignal
	): AsyncGenerator<ModelPart> {
		const answer = answers.at(-1) ?? emptyAnswer();
		const pulse = createPulse();
		const stream = await open(request, more, signal, pulse.beat);
		for await (const heard of pulse.among(stream)) {
			const { usage } = answer;
			const shown = heard === null ? [] : addChunk(answer, heard.item);
			yield* shown;
			if (answer.usage !== usage) yield { type: 'progress', usage: takenBy(answers) };
			else if (shown.length === 0) yield { type: 'progress' };
		}
		// The SDK ends an aborted stream without an error.
		signal.throwIfAborted();
	}

	/** Answers that were not counted, yet or at all, add nothing. */
	const takenBy = (answers: readonly Answer[]) =>
		usageOf(
			answers.flatMap(({ usage }) => usage ?? []),
			price
		);

	async function open(
		request: TurnRequest,
		more: ChatCompletionMessageParam[],
		signal: AbortSignal,
		arrived: () => void
	): Promise<AsyncIterable<unknown>> {
		for (;;) {
			const body = bodyOf(request, { model, baseUrl, without }, more);
			try {
				return await openStream({ apiKey, baseUrl }, body, signal, arrived);
			} catch (error) {
				const failure = readFailure(error);
				if (failure.kind !== 'server' || failure.status === null) throw error;
				const { status, says, code, param } = failure;
				const text = [says, code, param].join(' ');
				const feature = refusedFeature({ status, text }, body);
				if (feature === null) throw error;
				without.add(feature);
			}
		}
	}

	return {
		id: `openai:${model}`,
		looksAt: { images: true, pdfs: false, text: true },
		async *streamTurn(request, signal): AsyncGenerator<ModelPart> {
			signal.throwIfAborted();
			const own = new AbortController();
			const either = AbortSignal.any([signal, own.signal]);
			const answer = emptyAnswer();
			const answers = [answer];
			try {
				yield* ask(answers, request, [], either);
				requireWhole(answer);
				const broken = brokenCalls(answer.drafts);
				if (broken.length > 0) {
					const second = emptyAnswer();
					answers.push(second);
					for await (const part of ask(answers, request, askAgain(answer.text, broken), either))
						yield part.type === 'progress' ? part : { type: 'progress' };
					mend(broken, second.drafts);
				}
				yield* endOf(answers, request);
			} catch (error) {
				signal.throwIfAborted();
				throw toModelError(error, { apiKey, baseUrl, model });
			} finally {
				// Whoever leaves the stream closes its connection.
				own.abort();
			}
		}
	};

	function* endOf(answers: Answer[], { messages }: TurnRequest): Generator<ModelPart> {
		const [answer = emptyAnswer()] = answers;
		const turns = messages.filter((message) => message.role === 'model');
		const taken = new Set(turns.flatMap((turn) => turn.calls.map(({ id }) => id)));
		const calls = toCalls(answer.drafts, taken, turns.length + 1);
		for (const call of calls) yield { type: 'tool_call', call };
		const usage = usageOf(
			answers.map((one) => one.usage),
			price
		);
		yield { type: 'end', provider: 'openai', model, wire: { answers }, usage };
	}
}
