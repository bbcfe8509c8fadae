import type { IncomingMessage } from 'node:http';

/** What goes wrong with a request that matches. */
export interface Fault {
	/** `POST /v2/sandboxes` and such, without the query. */
	on: string | RegExp;
	/** How often; without it, until it is removed. */
	times?: number;
	delayMs?: number;
	/** Answered in place of the real thing. */
	status?: number;
	headers?: Record<string, string>;
	body?: unknown;
	/** `before`: the request has no effect. `after`: it has, but its answer is lost. */
	drop?: 'before' | 'after';
	/** The connection is cut after this many bytes of the answer. */
	cutAfterBytes?: number;
}

export interface Faults {
	push(...faults: Fault[]): void;
	clear(): void;
	/** The fault for this request; it counts as used. */
	take(request: IncomingMessage): Fault | null;
}

export function createFaults(): Faults {
	let list: { fault: Fault; left: number }[] = [];
	return {
		push(...faults) {
			list.push(...faults.map((fault) => ({ fault, left: fault.times ?? Infinity })));
		},
		clear() {
			list = [];
		},
		take(request) {
			const name = `${request.method} ${(request.url ?? '').split('?')[0]}`;
			const found = list.find(({ fault, left }) => {
				const { on } = fault;
				return left > 0 && (typeof on === 'string' ? on === name : on.test(name));
			});
			if (!found) return null;
			found.left--;
			return found.fault;
		}
	};
}
