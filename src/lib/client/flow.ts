import type { RunView, StepView } from '$lib/domain/run-event';
import { edgesOf } from './graph-edges';
import { plural } from './format';

/** What went from one agent to one that waits for it. */
export interface Flow {
	from: string;
	to: string;
	/** `waiting`: nothing has gone yet; `active`: it is being worked on; `lost`: nothing will go. */
	state: 'waiting' | 'passed' | 'active' | 'lost';
	/** Names of the files that the first one made, without repetition. */
	files: string[];
	/** Whether there was an answer. */
	answer: boolean;
}

/** Every dependency of the run, in the order of the workflow. */
export function flowsOf(view: Pick<RunView, 'steps'>): Flow[] {
	const steps = new Map(view.steps.map((step) => [step.agent_id, step]));
	return edgesOf(view.steps).flatMap(([from, to]) => {
		const [giver, taker] = [steps.get(from), steps.get(to)];
		return giver && taker ? [flowOf(giver, taker)] : [];
	});
}

function flowOf(giver: StepView, taker: StepView): Flow {
	const ends = { from: giver.agent_id, to: taker.agent_id };
	if (giver.status !== 'completed') {
		const lost = /^(failed|skipped|cancelled)$/.test(giver.status);
		return { ...ends, state: lost ? 'lost' : 'waiting', files: [], answer: false };
	}
	const active = taker.status === 'running' || taker.status === 'awaiting_approval';
	return {
		...ends,
		state: active ? 'active' : 'passed',
		files: filesOf(giver),
		answer: giver.answer !== null && giver.answer.trim() !== ''
	};
}

/** Names of the files that a step has made so far, each once. */
export function filesOf(step: Pick<StepView, 'transcript'>): string[] {
	const names = step.transcript.flatMap((item) =>
		item.kind === 'artifact' ? [item.artifact.filename] : item.kind === 'gap' ? item.files : []
	);
	return [...new Set(names)];
}

/** What went along, in as few words as fit on a line: `2 files`, `answer`; empty for nothing. */
export function flowLabel(flow: Flow): string {
	if (flow.files.length > 0) return plural(flow.files.length, 'file');
	return flow.answer ? 'answer' : '';
}

/** The same in a sentence, with names. */
export function flowTitle(flow: Flow): string {
	const ends = `${flow.from} → ${flow.to}`;
	if (flow.state === 'waiting') return `${ends}: nothing yet`;
	if (flow.state === 'lost') return `${ends}: nothing will come`;
	const parts = [
		flow.answer && 'its answer',
		flow.files.length > 0 && `${plural(flow.files.length, 'file')}: ${flow.files.join(', ')}`
	].filter((part) => typeof part === 'string');
	return `${ends}: ${parts.join(' and ') || 'done, with neither answer nor files'}`;
}

/** What an agent was given by those it waited for, for one who does not see the lines. */
export function receivedText(
	step: Pick<StepView, 'agent_id' | 'depends_on'>,
	flows: readonly Flow[]
) {
	if (step.depends_on.length === 0) return 'Waits for nobody.';
	const given = flows
		.filter((flow) => flow.to === step.agent_id && /^(passed|active)$/.test(flow.state))
		.map((flow) => {
			const files = flow.files.length > 0 && plural(flow.files.length, 'file');
			const what = [flow.answer && 'an answer', files].filter(Boolean).join(' and ');
			return `${what || 'nothing'} from ${flow.from}`;
		});
	const waits = `Waits for ${step.depends_on.join(', ')}.`;
	return given.length > 0 ? `${waits} Got ${given.join('; ')}.` : waits;
}
