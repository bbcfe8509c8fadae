import type { Artifact } from '$lib/domain/artifact';
import type { RunState, StepState } from '$lib/domain/run';
import type { Agent } from '$lib/domain/workflow';
import { costOf, tokensOf } from './cost';
import { diffDeadline, wordDiff, type DiffPart } from './text-diff';

/** One of the two runs, with all that a comparison looks at. */
export interface ComparedRun {
	state: RunState;
	/** As the run was configured. */
	agents: Agent[];
	/** As the list has it; null while the run has not ended. */
	duration_ms: number | null;
	/** SHA-256 of each attached file as the run got it, by name. */
	inputs: Record<string, string>;
	/** Null once they have expired. */
	artifacts: Artifact[] | null;
}

/** `only_a`, `only_b`: the other run has nothing of that name. `unknown`: it cannot be told any more. */
export type Verdict = 'same' | 'different' | 'only_a' | 'only_b' | 'unknown';

export interface ComparedFile {
	name: string;
	verdict: Verdict;
}

export interface ComparedArtifact extends ComparedFile {
	/** The newest version in each run. */
	a: Artifact | null;
	b: Artifact | null;
}

/** Two texts, and how they differ; null where they have too little in common, or time was up. */
export interface ComparedText {
	a: string;
	b: string;
	parts: DiffPart[] | null;
}

/** A field of an agent that is not the same; texts as a person reads them. */
export interface ChangedField extends ComparedText {
	name: string;
}

export interface ComparedStep {
	agent_id: string;
	/** Of the agent's configuration; of one that was delegated, whether both have it. */
	verdict: Verdict;
	fields: ChangedField[];
	a: StepState | null;
	b: StepState | null;
	answer: 'same' | 'different' | 'none';
}

export interface Totals {
	tokens: number;
	cost_usd: number | null;
	/** Whether all of it has a price. */
	cost_complete: boolean;
	/** Null while the run has not ended. */
	duration_ms: number | null;
	completed: number;
	steps: number;
	/** Null once they have expired. */
	artifacts: number | null;
}

export interface Comparison {
	/** Null when it is the same in both. */
	directive: ComparedText | null;
	attachments: ComparedFile[];
	/** In the order of `b`; what only `a` has comes last. */
	steps: ComparedStep[];
	artifacts: ComparedArtifact[];
	totals: { a: Totals; b: Totals };
}

/**
 * What is the same in two runs and what is not. Of texts that come after `until` (milliseconds since
 * 1970) it is only told that they differ.
 */
export function compareRuns(a: ComparedRun, b: ComparedRun, until = diffDeadline()): Comparison {
	const texts = (textA: string, textB: string): ComparedText => {
		const [left, right] = [textA || NONE, textB || NONE];
		return { a: left, b: right, parts: wordDiff(left, right, until) };
	};
	const [asked, askedThen] = [a.state.user_directive, b.state.user_directive];
	return {
		directive: asked === askedThen ? null : texts(asked, askedThen),
		attachments: union(b.state.attached_files, a.state.attached_files).map((name) => ({
			name,
			verdict: verdictOf(
				a.state.attached_files.includes(name),
				b.state.attached_files.includes(name),
				() => sameDigest(a.inputs[name], b.inputs[name])
			)
		})),
		steps: union(idsOf(b), idsOf(a)).map((id) => compareStep(id, a, b, texts)),
		artifacts: compareArtifacts(a.artifacts, b.artifacts),
		totals: { a: totalsOf(a), b: totalsOf(b) }
	};
}

const NONE = '(none)';

type CompareTexts = (a: string, b: string) => ComparedText;

function compareStep(
	id: string,
	a: ComparedRun,
	b: ComparedRun,
	texts: CompareTexts
): ComparedStep {
	const [stepA, stepB] = [stepOf(a, id), stepOf(b, id)];
	const fields = changedFields(
		a.agents.find((agent) => agent.id === id),
		b.agents.find((agent) => agent.id === id),
		texts
	);
	// What a name like "fast" means may have changed in between.
	if (stepA && stepB && stepA.model !== stepB.model && !fields.some((f) => f.name === 'model'))
		fields.push({ name: 'model', ...texts(stepA.model, stepB.model) });
	const [answerA, answerB] = [stepA?.answer ?? null, stepB?.answer ?? null];
	return {
		agent_id: id,
		verdict: verdictOf(idsOf(a).includes(id), idsOf(b).includes(id), () => fields.length === 0),
		fields,
		a: stepA,
		b: stepB,
		answer:
			answerA === null && answerB === null ? 'none' : answerA === answerB ? 'same' : 'different'
	};
}

/** Where an agent stands on the canvas changes nothing. */
const IGNORED = new Set(['id', 'position']);

function changedFields(
	a: Agent | undefined,
	b: Agent | undefined,
	texts: CompareTexts
): ChangedField[] {
	if (!a || !b) return [];
	const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
	return union([...left.keys()], [...right.keys()])
		.filter((name) => !IGNORED.has(name))
		.map((name) => ({ name, a: textOf(left.get(name)), b: textOf(right.get(name)) }))
		.filter((field) => field.a !== field.b)
		.map(({ name, a: textA, b: textB }) => ({ name, ...texts(textA, textB) }));
}

function textOf(value: unknown): string {
	if (value === undefined || value === null) return '';
	if (Array.isArray(value)) return value.map(String).sort().join(', ');
	if (typeof value === 'boolean') return value ? 'yes' : 'no';
	return String(value);
}

function compareArtifacts(a: Artifact[] | null, b: Artifact[] | null): ComparedArtifact[] {
	const [left, right] = [newest(a ?? []), newest(b ?? [])];
	return union([...right.keys()], [...left.keys()])
		.sort((x, y) => x.localeCompare(y, 'en', { numeric: true }))
		.map((name) => {
			const [fileA, fileB] = [left.get(name) ?? null, right.get(name) ?? null];
			const gone = (!fileA && a === null) || (!fileB && b === null);
			const same = () => fileA?.sha256 === fileB?.sha256;
			const verdict = gone ? 'unknown' : verdictOf(fileA !== null, fileB !== null, same);
			return { name, verdict, a: fileA, b: fileB };
		});
}

function newest(artifacts: Artifact[]): Map<string, Artifact> {
	const byName = new Map<string, Artifact>();
	for (const artifact of artifacts)
		if ((byName.get(artifact.filename)?.version ?? 0) < artifact.version)
			byName.set(artifact.filename, artifact);
	return byName;
}

function totalsOf({ state, duration_ms, artifacts }: ComparedRun): Totals {
	const { steps } = state;
	return {
		tokens: state.total_tokens_used,
		cost_usd: costOf(steps),
		cost_complete: steps.every((step) => step.cost_usd !== null || tokensOf([step]) === 0),
		duration_ms,
		completed: steps.filter((step) => step.status === 'completed').length,
		steps: steps.length,
		artifacts: artifacts === null ? null : newest(artifacts).size
	};
}

function verdictOf(inA: boolean, inB: boolean, same: () => boolean | null): Verdict {
	if (!inA) return 'only_b';
	if (!inB) return 'only_a';
	const is = same();
	return is === null ? 'unknown' : is ? 'same' : 'different';
}

/** Null when a run had not copied its files yet. */
function sameDigest(a: string | undefined, b: string | undefined): boolean | null {
	return a === undefined || b === undefined ? null : a === b;
}

const stepOf = ({ state }: ComparedRun, id: string) =>
	state.steps.find((step) => step.agent_id === id) ?? null;

/** Delegated agents are steps only; a replaced agent is configured only. */
const idsOf = ({ state, agents }: ComparedRun) =>
	union(
		state.steps.map((step) => step.agent_id),
		agents.map((agent) => agent.id)
	);

const union = (first: readonly string[], second: readonly string[]): string[] => [
	...new Set([...first, ...second])
];
