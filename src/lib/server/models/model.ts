/** One way of answering: a language model behind an API, or the built-in analyst. */
export interface Model {
	/** `provider:name`. */
	readonly id: string;
	/** Which attachments it can be handed beside the text; none when absent. */
	readonly looksAt?: { images: boolean; pdfs: boolean; text: boolean };
	/**
	 * Answers one turn as a stream of parts that ends with exactly one `end`. Leaving the stream early
	 * or aborting `signal` closes whatever is open. Throws ModelError for every failure of the service.
	 */
	streamTurn(request: TurnRequest, signal: AbortSignal): AsyncIterable<ModelPart>;
}

export interface TurnRequest {
	/** Who asks: the agent's id and its prompt, which is the system instruction. */
	agent: { id: string; role: string; prompt: string };
	/** Oldest first; begins with a `user` message. */
	messages: Message[];
	tools: ToolSpec[];
	/** The answer is JSON of this JSON Schema. */
	answerSchema?: Record<string, unknown>;
	/** Upper bound of answer and thought tokens, where a budget sets one. */
	maxOutputTokens?: number;
}

/** A file handed to a model beside the text: an image, a PDF, or the beginning of a text file. */
export type Attachment =
	| { name: string; mimeType: string; base64: string }
	| { name: string; mimeType: string; text: string; truncated: boolean };

export interface ToolSpec {
	name: string;
	description: string;
	/** JSON Schema of the arguments. */
	parameters: Record<string, unknown>;
}

export type Message =
	| {
			role: 'user';
			text: string;
			/** What the text says, for models that need no prose: the analyst. */
			brief?: Brief;
			/** Data, never instructions; only what the model `looksAt`. */
			attachments?: Attachment[];
	  }
	| {
			role: 'model';
			provider: string;
			model: string;
			/** The provider's own message, verbatim. */
			wire: unknown;
			text: string;
			calls: ToolCall[];
	  }
	| { role: 'tool'; results: ToolResultMessage[] };

/** What a step is given. */
export interface Brief {
	directive: string;
	/** Names of the session's files when the step began. */
	files: { name: string; size_bytes: number; content_type: string; from: 'input' | 'output' }[];
	/** Answers of the agents it waited for. */
	upstream: { agent_id: string; answer: string }[];
	/** A person refused to let the agent begin when they were asked before. */
	refusal?: { note: string | null };
}

export interface ToolCall {
	/** Unique within the turn. */
	id: string;
	name: string;
	/** As the model wrote them; not validated yet. */
	arguments: unknown;
}

export interface ToolResultMessage {
	call_id: string;
	name: string;
	ok: boolean;
	result: unknown;
	media?: { mimeType: string; base64: string }[];
}

export interface Usage {
	/** Prompt tokens, as the provider counts them. */
	input_tokens: number;
	/** Answer and thought tokens. */
	output_tokens: number;
	/** US dollars; null when unknown. */
	cost_usd: number | null;
}

export type ModelPart =
	| { type: 'text'; text: string }
	| { type: 'thought'; text: string }
	| { type: 'tool_call'; call: ToolCall }
	/**
	 * Something arrived that is not to be shown yet, such as half a call: the service is alive. `usage` is
	 * what the turn has taken so far, also where it fails in the end; each replaces the one before.
	 */
	| { type: 'progress'; usage?: Usage }
	| { type: 'end'; provider: string; model: string; wire: unknown; usage: Usage };

/** A failure of the model's service. */
export class ModelError extends Error {
	override readonly name = 'ModelError';

	constructor(
		/** Stable, for `error.code`: `model_rate_limited`, `model_unavailable`, `model_refused`, … */
		readonly code: string,
		message: string,
		/** Whether the same call may succeed later. */
		readonly retryable: boolean,
		options?: ErrorOptions & {
			/** How long the service asks to wait before the next attempt, in milliseconds. */
			retryAfterMs?: number;
			/** How many further attempts are worth making at most; default: as many as the policy has. */
			attempts?: number;
		}
	) {
		super(message, options);
		this.retryAfterMs = options?.retryAfterMs ?? null;
		this.attempts = options?.attempts ?? null;
	}

	readonly retryAfterMs: number | null;
	readonly attempts: number | null;
}
