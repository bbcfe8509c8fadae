import type { SandboxResult } from './sandbox';

/** The answer to a call that was cancelled while it waited for its turn. */
export function cancelledBeforeStart(): SandboxResult {
	return {
		ok: false,
		stdout: '',
		stderr: '',
		error: 'The call was cancelled before it began.',
		reason: 'cancelled',
		files: [],
		refused: [],
		durationMs: 0
	};
}
