/** A call as the stand-in's model makes it. */
export interface CallReply {
	name: string;
	/** A string is sent as it is: it may be broken JSON. */
	arguments: unknown;
	/** Default: a good one, or what the server's kind is known for. */
	id?: string;
}

/** What goes wrong, and when: before the answer, or after its first piece of text. */
export type Fault =
	| 'reset_before'
	| 'hang_before'
	| 'reset_midway'
	| 'close_midway'
	| 'half_event'
	| 'stall_midway'
	| 'comments_midway'
	| 'error_midway';

export interface TurnReply {
	/** Sent in pieces. */
	text?: string;
	thoughts?: string;
	refusal?: string;
	calls?: CallReply[];
	/** Default: 12 and 5; null when the server does not count. */
	usage?: { prompt_tokens: number; completion_tokens: number; cached_tokens?: number } | null;
	/** Default: what fits; null when none is sent. */
	finish?: string | null;
	fault?: Fault;
}

export interface ErrorReply {
	status: number;
	/** A string is sent as text. */
	body: unknown;
	headers?: Record<string, string>;
}

export type Reply = TurnReply | ErrorReply;
