import { DomainError } from '../../domain/errors';
import type { Sandbox } from './sandbox';

/** No code runs; `reason` is a sentence for a person. */
export function createOffSandbox(reason: string): Sandbox {
	return {
		kind: 'off',
		describe: () => ({ kind: 'off', detail: reason }),
		guide: () => null,
		async run() {
			throw new DomainError('unavailable', reason);
		},
		async release() {},
		async reap() {},
		async stop() {}
	};
}
