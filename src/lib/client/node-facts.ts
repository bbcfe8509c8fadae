import type { StepView } from '$lib/domain/run-event';
import { costText } from './cost';
import { formatCount, plural } from './format';
import { startOf } from './status';
import { currentTool } from './transcript';

/**
 * How much of an agent is shown. `full`: everything; `short`: status, name and what it does; on one
 * line: `brief`: lamp, name and time; `name`: lamp and name.
 */
export type Detail = 'full' | 'short' | 'brief' | 'name';

/** What is told of an agent at one glance. */
export interface NodeFacts {
	/** Role, model, and by whom it was added. */
	kind: string;
	/** What it does now, or why it does not; `title` says it in full. */
	doing: { text: string; tone: 'plain' | 'amber' | 'red'; title: string } | null;
	/** Its tools while there is nothing to say of what it does. */
	tools: string;
	/** Tokens, cost, whether it was tried again, turns: what matters most first. */
	counts: string[];
	/** Taken over from another run: that is said in place of a time. */
	reused: boolean;
	/** When its present attempt began and ended. */
	start: string | null;
	end: string | null;
}

export function factsOf(step: StepView): NodeFacts {
	const tokens = step.input_tokens + step.output_tokens;
	return {
		kind: [step.role, step.model, step.delegated_by && `by ${step.delegated_by}`]
			.filter(Boolean)
			.join(' · '),
		doing: doingOf(step),
		tools: (step.tools_used.length > 0 ? step.tools_used : step.tools).join(', '),
		counts: [
			tokens > 0 && `${formatCount(tokens)} tokens`,
			tokens > 0 && step.cost_usd !== null && costText([step]),
			step.attempt > 1 && `attempt ${step.attempt}`,
			step.turns > 0 && plural(step.turns, 'turn')
		].filter((text) => typeof text === 'string'),
		reused: step.reused !== undefined,
		start: startOf(step),
		end: step.ended_at
	};
}

function doingOf(step: StepView): NodeFacts['doing'] {
	if (step.approval) {
		const { tool, reason } = step.approval;
		return { text: `asks: ${tool ?? 'to begin'}`, tone: 'amber', title: reason };
	}
	const tool = currentTool(step);
	if (tool !== null) return { text: tool, tone: 'amber', title: `uses ${tool}` };
	if (!step.error) return null;
	const { message } = step.error;
	return { text: message, tone: step.status === 'failed' ? 'red' : 'plain', title: message };
}

/** Whether an agent works or waits for a person. */
export function isWorking(step: Pick<StepView, 'status'>): boolean {
	return step.status === 'running' || step.status === 'awaiting_approval';
}

/** Where to look: the agents that work; else the one that ended last; else the first. */
export function focusOf(steps: readonly StepView[]): string[] {
	const working = steps.filter(isWorking);
	if (working.length > 0) return working.map((s) => s.agent_id);
	const ended = steps.filter((s) => s.ended_at !== null);
	const last = ended.reduce<StepView | undefined>(
		(newest, s) => ((newest?.ended_at ?? '') <= (s.ended_at ?? '') ? s : newest),
		undefined
	);
	return (last ?? steps[0]) ? [(last ?? steps[0])?.agent_id ?? ''] : [];
}
