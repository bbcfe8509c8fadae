import { ModelError } from '../model';
import { cutOff } from './errors';

/** How a stream ended. */
export interface Finish {
	finishReason: string | undefined;
	blockReason: string | undefined;
	/** Whether there was any text of an answer, or a call. */
	answered: boolean;
	calls: { name: string }[];
}

const MALFORMED = new Set([
	'MALFORMED_FUNCTION_CALL',
	'MALFORMED_RESPONSE',
	'UNEXPECTED_TOOL_CALL',
	'TOO_MANY_TOOL_CALLS'
]);
const BROKE_OFF = new Set(['OTHER', 'FINISH_REASON_UNSPECIFIED', 'CONTINUATION']);

/** @throws ModelError unless the model has come to the end of what it wanted to say. */
export function requireFinished({ finishReason, blockReason, answered, calls }: Finish): void {
	if (blockReason !== undefined)
		throw new ModelError(
			'model_refused',
			`Gemini refused to answer: what it was given was blocked (${blockReason}). Change the directive or the files.`,
			false
		);
	if (finishReason === undefined || BROKE_OFF.has(finishReason)) throw cutOff();
	if (finishReason === 'MAX_TOKENS')
		throw new ModelError(
			'model_output_limit',
			'Gemini reached the limit of what it may write in one turn. Ask for less at a time.',
			false
		);
	if (MALFORMED.has(finishReason) || calls.some((call) => call.name === ''))
		throw new ModelError(
			'model_malformed',
			`Gemini tried to call a tool in a way that cannot be read (${finishReason}).`,
			true,
			{ attempts: 2 }
		);
	if (finishReason !== 'STOP')
		throw new ModelError(
			'model_refused',
			`Gemini stopped its answer (${finishReason}). Change the directive or the files.`,
			false
		);
	if (!answered)
		throw new ModelError('model_empty', 'Gemini ended without an answer.', true, { attempts: 2 });
}
