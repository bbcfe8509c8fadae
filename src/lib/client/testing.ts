import { emptyView, type NewRunEvent, type RunView } from '$lib/domain/run-event';
import { apply } from '$lib/domain/run-view';

export const RUN = '0b2f6d1e-8c55-4f6b-9c1a-2d3e4f5a6b7c';
const START = Date.parse('2026-11-21T12:00:00Z');

/** The view of a run whose log holds its beginning with these agents, then these events. */
export function viewOf(
	agents: string[],
	events: NewRunEvent[],
	limits: { max_token_budget?: number; max_cost_usd?: number; rerun_of?: string } = {}
): RunView {
	const begun: NewRunEvent = {
		type: 'run_started',
		data: {
			workflow_id: 'w',
			name: 'W',
			user_directive: 'find churn',
			attached_files: [],
			agents: agents.map((id) => ({
				id,
				role: 'worker',
				model: 'builtin:analyst',
				tools: [],
				depends_on: []
			})),
			...limits
		}
	};
	return [begun, ...events].reduce<RunView>(
		(view, event, i) =>
			apply(view, {
				...event,
				seq: i + 1,
				run_id: RUN,
				at: new Date(START + i * 1000).toISOString()
			}),
		emptyView(RUN)
	);
}

/** The end of a step, with what it used. */
export function stepEnd(
	agent_id: string,
	used: { input_tokens?: number; output_tokens?: number; cost_usd?: number | null } = {},
	more: Partial<Extract<NewRunEvent, { type: 'step_finished' }>['data']> = {}
): NewRunEvent {
	return {
		type: 'step_finished',
		agent_id,
		data: {
			status: 'completed',
			answer: null,
			error: null,
			turns: 1,
			tools_used: [],
			input_tokens: 0,
			output_tokens: 0,
			cost_usd: null,
			...used,
			...more
		}
	};
}
