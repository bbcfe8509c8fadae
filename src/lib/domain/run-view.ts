import { topologicalOrder } from './graph';
import { isActive } from './run';
import type {
	AgentNode,
	EventData,
	RunEvent,
	RunView,
	StepView,
	TranscriptItem
} from './run-event';

/**
 * Applies one event to the view, in place, and returns it. Events at or below `last_event` change
 * nothing, so that a log may be replayed over itself. In place, because the browser's fine-grained
 * state then redraws only what changed.
 */
export function apply(view: RunView, event: RunEvent): RunView {
	if (event.seq <= view.last_event) return view;
	view.last_event = event.seq;
	if (event.type === 'run_started') startRun(view, event.data, event.at);
	else if (event.type === 'run_finished') {
		view.status = event.data.status;
		view.error = event.data.error;
		view.total_tokens_used = event.data.total_tokens_used;
		view.end_time = event.at;
	} else {
		const step = view.steps.find((s) => s.agent_id === event.agent_id);
		if (step) applyToStep(view, step, event);
		else if (event.type === 'log') addNote(view, event.seq, event.data, event.at);
	}
	return view;
}

function addNote(view: RunView, seq: number, data: EventData['log'], at: string): void {
	view.notes.push({ seq, level: data.level, message: data.message, at });
}

function startRun(view: RunView, data: EventData['run_started'], at: string): void {
	view.status = 'running';
	view.error = null;
	view.end_time = null;
	if (data.resumed) {
		const { reset } = data;
		const isReset = (step: StepView) =>
			reset?.includes(step.agent_id) ?? step.status !== 'completed';
		for (const step of view.steps.filter(isReset)) resetStep(step);
		return;
	}
	view.workflow_id = data.workflow_id;
	view.name = data.name;
	view.user_directive = data.user_directive;
	view.attached_files = data.attached_files;
	view.start_time = at;
	view.rerun_of = data.rerun_of ?? null;
	view.max_token_budget = data.max_token_budget ?? null;
	view.max_cost_usd = data.max_cost_usd ?? null;
	view.steps = data.agents.map(waitingStep);
}

/** New agents stand behind all they wait for and before all that wait for them. */
function changeGraph(view: RunView, by: string, data: EventData['graph_changed']): void {
	const added = data.added.map((agent) => ({ ...waitingStep(agent), delegated_by: by }));
	const kept = view.steps.filter((step) => !data.removed.includes(step.agent_id));
	const rewired = new Map(data.rewired.map(({ id, depends_on }) => [id, depends_on]));
	for (const step of kept) step.depends_on = rewired.get(step.agent_id) ?? step.depends_on;
	const ordered = topologicalOrder(
		[...kept, ...added].map((step) => ({ id: step.agent_id, depends_on: step.depends_on, step }))
	);
	view.steps = ordered.map(({ step }) => step);
}

/** An agent to which nothing has happened yet. */
export function waitingStep(agent: AgentNode): StepView {
	return {
		agent_id: agent.id,
		role: agent.role,
		model: agent.model,
		tools: agent.tools,
		depends_on: agent.depends_on,
		status: 'waiting',
		attempt: 0,
		turns: 0,
		tools_used: [],
		input_tokens: 0,
		output_tokens: 0,
		cost_usd: null,
		started_at: null,
		ended_at: null,
		answer: null,
		error: null,
		transcript: [],
		approval: null,
		attempts: []
	};
}

function resetStep(step: StepView): void {
	step.status = 'waiting';
	step.error = null;
	step.answer = null;
	step.approval = null;
	step.turns = 0;
	step.tools_used = [];
	step.started_at = null;
	step.ended_at = null;
	delete step.reused;
}

function applyToStep(view: RunView, step: StepView, event: RunEvent): void {
	const { seq, at } = event;
	switch (event.type) {
		case 'step_started':
			if (event.data.resume_turn !== undefined) dropUnrecorded(step, event.data.resume_turn);
			step.status = 'running';
			step.attempt = event.data.attempt;
			step.model = event.data.model;
			if (!event.data.recovered) step.started_at = at;
			step.ended_at = null;
			step.error = null;
			beginAttempt(step, event.data, seq, at);
			break;
		case 'text_delta':
		case 'thought_delta':
			appendText(step, event.type === 'text_delta' ? 'text' : 'thought', event.data, seq, at);
			break;
		case 'tool_called': {
			const { used, ...call } = event.data;
			step.turns = Math.max(step.turns, call.turn);
			if (used) {
				Object.assign(step, used);
				countTokens(view);
			}
			step.transcript.push({
				kind: 'tool',
				seq,
				...call,
				state: 'running',
				result: null,
				duration_ms: null,
				at
			});
			break;
		}
		case 'tool_finished':
			finishTool(step, event.data);
			break;
		case 'artifact_collected':
			step.transcript.push({ kind: 'artifact', seq, artifact: event.data, at });
			break;
		case 'artifact_refused':
			step.transcript.push({ kind: 'refused', seq, ...event.data, at });
			break;
		case 'approval_requested':
			step.status = 'awaiting_approval';
			step.approval = event.data;
			step.transcript.push({
				kind: 'approval',
				seq,
				request: event.data,
				approved: null,
				note: null,
				at,
				closed_at: null
			});
			showWaiting(view);
			break;
		case 'approval_given':
			step.status = 'running';
			step.approval = null;
			decide(step, event.data, at);
			showWaiting(view);
			break;
		case 'graph_changed':
			step.transcript.push({
				kind: 'delegation',
				seq,
				relation: event.data.relation,
				added: event.data.added.map(({ id }) => id),
				removed: event.data.removed,
				at
			});
			changeGraph(view, step.agent_id, event.data);
			break;
		case 'step_finished':
			Object.assign(step, event.data);
			if (event.data.reused) {
				step.attempt += 1;
				step.started_at = at;
			}
			step.ended_at = at;
			step.approval = null;
			showWaiting(view);
			endSpan(step, at);
			for (const item of step.transcript) {
				if (item.kind === 'tool' && item.state === 'running') item.state = 'failed';
				else if (item.kind === 'approval') item.closed_at ??= at;
			}
			countTokens(view);
			break;
		case 'log':
			if (event.data.resume_turn !== undefined) dropUnrecorded(step, event.data.resume_turn);
			step.transcript.push({
				kind: 'log',
				seq,
				level: event.data.level,
				message: event.data.message,
				at
			});
			break;
	}
}

function beginAttempt(step: StepView, data: EventData['step_started'], seq: number, at: string) {
	const { attempt, recovered = false } = data;
	const before = step.attempts.at(-1);
	if (attempt > 1 || recovered)
		step.transcript.push({
			kind: 'attempt',
			seq,
			attempt,
			recovered,
			after: before?.error ?? null,
			at
		});
	// A restart goes on with what had begun.
	if (recovered && before?.to === null) return;
	step.attempts.push({ attempt, from: at, to: null, status: 'running', error: null });
}

function countTokens(view: RunView): void {
	const tokens = view.steps.map((step) => step.input_tokens + step.output_tokens);
	view.total_tokens_used = tokens.reduce((sum, count) => sum + count, 0);
}

function endSpan(step: StepView, at: string): void {
	const span = step.attempts.at(-1);
	if (!span || span.to !== null) return;
	span.to = at;
	span.status = step.status;
	span.error = step.error?.message ?? null;
}

/** A run waits for a person as long as one of its steps does. */
function showWaiting(view: RunView): void {
	if (!isActive(view.status)) return;
	const waits = view.steps.some((step) => step.status === 'awaiting_approval');
	view.status = waits ? 'awaiting_approval' : 'running';
}

function decide(step: StepView, data: EventData['approval_given'], at: string): void {
	const asked = step.transcript.findLast(
		(item): item is Extract<TranscriptItem, { kind: 'approval' }> =>
			item.kind === 'approval' && item.approved === null
	);
	if (!asked) return;
	asked.approved = data.approved;
	asked.note = data.note ?? null;
	asked.closed_at = at;
}

/**
 * Takes back what the running attempt shows of turns that are asked again: streamed text and
 * thoughts of `resumeTurn` and later, and calls that never finished. What was recorded stays.
 */
function dropUnrecorded(step: StepView, resumeTurn: number): void {
	const begin =
		step.transcript.findLastIndex((item) => item.kind === 'attempt' && !item.recovered) + 1;
	const kept = step.transcript.filter((item, index) => {
		if (index < begin) return true;
		if (item.kind === 'text' || item.kind === 'thought') return item.turn < resumeTurn;
		return item.kind !== 'tool' || item.state !== 'running';
	});
	if (kept.length < step.transcript.length) step.transcript = kept;
	step.turns = Math.min(step.turns, resumeTurn - 1);
}

function appendText(
	step: StepView,
	kind: 'text' | 'thought',
	data: EventData['text_delta'],
	seq: number,
	at: string
): void {
	step.turns = Math.max(step.turns, data.turn);
	const last = step.transcript.at(-1);
	if (last?.kind === kind && last.turn === data.turn) last.text += data.text;
	else step.transcript.push({ kind, seq, turn: data.turn, text: data.text, at });
}

function finishTool(step: StepView, data: EventData['tool_finished']): void {
	const call = step.transcript.findLast(
		(item): item is Extract<TranscriptItem, { kind: 'tool' }> =>
			item.kind === 'tool' && item.call_id === data.call_id && item.state === 'running'
	);
	if (!call) return;
	call.state = data.ok ? 'ok' : 'failed';
	call.result = data.result;
	call.duration_ms = data.duration_ms;
	if (!step.tools_used.includes(data.tool)) step.tools_used.push(data.tool);
}
