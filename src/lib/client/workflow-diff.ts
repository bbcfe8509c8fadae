import type { Agent, WorkflowConfig } from '$lib/domain/workflow';
import { diffDeadline, lineDiff, wordDiff, type DiffPart } from './text-diff';

export interface FieldDiff {
	/** For people. */
	field: string;
	parts: DiffPart[];
}

export interface AgentDiff {
	id: string;
	kind: 'added' | 'removed' | 'changed';
	fields: FieldDiff[];
}

export interface WorkflowDiff {
	/** Of the workflow as a whole. */
	fields: FieldDiff[];
	/** Those that differ, in the order they stand now; what is gone comes last. */
	agents: AgentDiff[];
	/** Whether agents only stand elsewhere on the canvas. */
	moved: boolean;
}

/**
 * What is different in `after`. Places on the canvas are told as one: whether any has changed. Texts
 * that have too little in common are told as a whole, the old one first; so are all that come after
 * `until` (milliseconds since 1970).
 */
export function diffWorkflows(
	before: WorkflowConfig,
	after: WorkflowConfig,
	until = diffDeadline()
): WorkflowDiff {
	const diffFields = (old: Texts, now: Texts) => fieldDiffs(old, now, until);
	const old = new Map(before.agents.map((agent) => [agent.id, agent]));
	const now = new Set(after.agents.map(({ id }) => id));
	const agents: AgentDiff[] = [];
	let moved = false;
	for (const agent of after.agents) {
		const was = old.get(agent.id);
		const fields = was
			? diffFields(agentTexts(was), agentTexts(agent))
			: diffFields({}, notable(agent));
		if (fields.length > 0) agents.push({ id: agent.id, kind: was ? 'changed' : 'added', fields });
		if (was && placeOf(was) !== placeOf(agent)) moved = true;
	}
	for (const agent of before.agents)
		if (!now.has(agent.id))
			agents.push({ id: agent.id, kind: 'removed', fields: diffFields(notable(agent), {}) });
	return { fields: diffFields(workflowTexts(before), workflowTexts(after)), agents, moved };
}

/** Above this the difference is told by lines: by words it would take too long. */
const LONG = 20_000;

function diffText(before: string, after: string, until: number): DiffPart[] {
	const diff = before.length + after.length > LONG ? lineDiff : wordDiff;
	return diff(before, after, until) ?? wholeTexts(before, after);
}

function wholeTexts(before: string, after: string): DiffPart[] {
	const parts: DiffPart[] = [
		{ kind: 'removed', text: before },
		{ kind: 'added', text: after }
	];
	return parts.filter(({ text }) => text !== '');
}

type Texts = Record<string, string>;

function fieldDiffs(before: Texts, after: Texts, until: number): FieldDiff[] {
	return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((field) => {
		const [old, now] = [before[field] ?? '', after[field] ?? ''];
		return old === now ? [] : [{ field, parts: diffText(old, now, until) }];
	});
}

const yes = (is: boolean | undefined) => (is ? 'yes' : 'no');
const placeOf = ({ position }: Agent) => JSON.stringify(position ?? null);

function agentTexts(agent: Agent): Texts {
	return {
		Role: agent.role,
		Model: agent.model,
		Prompt: agent.prompt,
		Tools: agent.tools.join(', '),
		'Asks before': (agent.tools_requiring_approval ?? []).join(', '),
		'Waits for': agent.depends_on.join(', '),
		'A person agrees first': yes(agent.requires_approval),
		'Reads the directive': yes(agent.accepts_directive),
		'Directive of its own': agent.user_directive ?? '',
		'May add agents': yes(agent.allow_delegation)
	};
}

const USUAL: Texts = {
	Role: 'worker',
	'A person agrees first': 'no',
	'Reads the directive': 'yes',
	'May add agents': 'no'
};

/** Of an agent that comes or goes, what is not as usual. */
const notable = (agent: Agent): Texts =>
	Object.fromEntries(
		Object.entries(agentTexts(agent)).filter(([field, text]) => USUAL[field] !== text)
	);

function workflowTexts(workflow: WorkflowConfig): Texts {
	return {
		Name: workflow.name,
		Description: workflow.description ?? '',
		'Token budget': String(workflow.max_token_budget ?? ''),
		'Cost budget in US dollars': String(workflow.max_cost_usd ?? ''),
		'Time limit in seconds':
			workflow.timeout_ms === undefined ? '' : String(workflow.timeout_ms / 1000),
		'Code may reach the internet': yes(workflow.allow_internet)
	};
}
