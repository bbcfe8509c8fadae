import type { Fault } from './failure';
import type { Ask } from './read-request';
import type { Reply } from './reply';

export type Answer = Reply | ((ask: Ask) => Reply | Promise<Reply>);

export interface FaultOptions {
	/** Which agent it hits, as in `script`; default: any. */
	agent?: string | RegExp;
	turn?: number;
	/** How many requests it hits; default 1. */
	times?: number;
}

const isFor = (agent: string | RegExp, system: string) =>
	typeof agent === 'string' ? system.includes(agent) : agent.test(system);

/** What a test has planned: answers by agent and turn, and faults. */
export function createScriptBook() {
	const scripts: { agent: string | RegExp; turns: Answer[] }[] = [];
	const faults: { fault: Fault; options: FaultOptions; left: number }[] = [];
	let fallback: Answer | null = null;

	return {
		script: (agent: string | RegExp, ...turns: Answer[]) => void scripts.push({ agent, turns }),
		otherwise(answer: Answer): void {
			fallback = answer;
		},
		fault: (fault: Fault, options: FaultOptions = {}) =>
			void faults.push({ fault, options, left: options.times ?? 1 }),
		/** Null when nothing is planned. */
		answerTo({ system, turn }: Ask): Answer | null {
			const script = scripts.findLast((one) => isFor(one.agent, system));
			return script?.turns[turn - 1] ?? fallback;
		},
		/** The fault that this request meets; it is used up by that. */
		takeFault({ system, turn }: Ask): Fault | null {
			const hit = faults.find(
				({ left, options }) =>
					left > 0 && isFor(options.agent ?? '', system) && (options.turn ?? turn) === turn
			);
			if (!hit) return null;
			hit.left -= 1;
			return hit.fault;
		}
	};
}
