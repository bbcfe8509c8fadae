import { ModelError, type Model, type ModelPart, type TurnRequest } from '../model';
import type { Price } from '../prices';
import { abortable } from './abortable';
import { GEMINI_URL, newClient, type ClientOptions, type GeminiClient } from './client';
import { toContents } from './contents';
import { toModelError } from './errors';
import { isModelName } from './family';
import { configOf } from './request';
import { createTurn } from './turn';

export interface GeminiDeps {
	apiKey: string;
	/** Default: Google's service. */
	baseUrl?: string | undefined;
	/** As Google names it: `gemini-3.8-flash`. */
	model: string;
	/** Null when unknown. */
	price: Price | null;
	/** Default: the SDK's client, loaded at the first turn. */
	newClient?: (options: ClientOptions) => Promise<GeminiClient>;
}

/**
 * A Gemini model over `generateContent`, streamed. Retries and timers are the caller's. Its turns are
 * kept verbatim in `wire`; what it needs to know between turns stands in the history alone.
 */
export function createGemini(deps: GeminiDeps): Model {
	const { apiKey, baseUrl = GEMINI_URL, model, price } = deps;
	let client: Promise<GeminiClient> | null = null;
	const open = () => (client ??= (deps.newClient ?? newClient)({ apiKey, baseUrl }));
	/** Turns whose signatures the service has refused. A restart learns it again. */
	const refused = new WeakSet<object>();

	return {
		id: `gemini:${model}`,
		looksAt: { images: true, pdfs: true, text: true },
		async *streamTurn(request: TurnRequest, signal: AbortSignal): AsyncGenerator<ModelPart> {
			signal.throwIfAborted();
			if (!isModelName(model))
				throw new ModelError(
					'model_bad_request',
					`"${model}" is no name of a Gemini model.`,
					false
				);
			const controller = new AbortController();
			const either = AbortSignal.any([signal, controller.signal]);
			const turn = createTurn(model, price);
			try {
				const { models } = await abortable(open(), signal);
				const stream = await models.generateContentStream({
					model,
					contents: toContents(request.messages, {
						model,
						unsigned: (wire) => isObject(wire) && refused.has(wire)
					}),
					config: { ...configOf(model, request), abortSignal: either }
				});
				for await (const chunk of stream) {
					// Chunks that came together with the one before outlive the abort.
					signal.throwIfAborted();
					yield* turn.add(chunk);
				}
				yield turn.end();
			} catch (error) {
				signal.throwIfAborted();
				const forgetSignatures = () => forget(request, refused);
				throw toModelError(error, { model, apiKey, forgetSignatures });
			} finally {
				// Leaving the SDK's stream does not close it; only this does.
				controller.abort();
			}
		}
	};
}

/** False when all signatures were forgotten before. */
function forget({ messages }: TurnRequest, refused: WeakSet<object>): boolean {
	const wires = messages.flatMap((message) =>
		message.role === 'model' && isObject(message.wire) && !refused.has(message.wire)
			? [message.wire]
			: []
	);
	for (const wire of wires) refused.add(wire);
	return wires.length > 0;
}

function isObject(value: unknown): value is object {
	return typeof value === 'object' && value !== null;
}
