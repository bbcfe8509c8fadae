import { describe, expect, it } from 'vitest';
import type { Artifact } from '$lib/domain/artifact';
import type { StepState } from '$lib/domain/run';
import { agentSchema, type Agent } from '$lib/domain/workflow';
import { compareRuns, type ComparedRun } from './compare-runs';
import { lineDiff, wordDiff } from './text-diff';

const agent = (id: string, more: Partial<Agent> = {}): Agent => ({
	...agentSchema.parse({ id, prompt: `Do ${id}.` }),
	...more
});

const step = (agent_id: string, more: Partial<StepState> = {}): StepState => ({
	agent_id,
	status: 'completed',
	model: 'gemini:flash',
	attempt: 1,
	turns: 1,
	tools_used: [],
	input_tokens: 10,
	output_tokens: 5,
	cost_usd: 0.5,
	started_at: null,
	ended_at: null,
	answer: `the answer of ${agent_id}`,
	error: null,
	...more
});

const file = (filename: string, sha256: string, version = 1): Artifact => ({
	filename,
	version,
	agent_id: 'a',
	generated_at: '2026-11-21T10:00:00.000Z',
	size_bytes: 1,
	content_type: 'text/plain',
	sha256
});

function run(
	steps: StepState[],
	more: Partial<Omit<ComparedRun, 'state'>> & { attached?: string[] } = {}
): ComparedRun {
	const { attached = [], ...rest } = more;
	return {
		state: {
			run_id: 'r',
			workflow_id: 'w',
			name: 'W',
			user_directive: '',
			status: 'completed',
			attached_files: attached,
			active_agents: [],
			completed_agents: [],
			failed_agents: [],
			skipped_agents: [],
			steps,
			total_tokens_used: steps.reduce((sum, s) => sum + s.input_tokens + s.output_tokens, 0),
			start_time: '2026-11-21T10:00:00.000Z',
			end_time: '2026-11-21T12:00:00.000Z',
			error: null,
			last_event: 1
		},
		agents: steps.map((s) => agent(s.agent_id)),
		inputs: {},
		// Resumed: it is shorter than from its start to its end.
		duration_ms: 60_000,
		artifacts: [],
		...rest
	};
}

describe('comparing two runs', () => {
	it('finds nothing different in a run and itself', () => {
		const one = run([step('a'), step('b')], {
			attached: ['x.csv'],
			inputs: { 'x.csv': '1' },
			artifacts: [file('r.md', '1')]
		});
		const { attachments, steps, artifacts, totals } = compareRuns(one, one);
		const verdicts = [...attachments, ...steps, ...artifacts].map(({ verdict }) => verdict);
		expect(new Set(verdicts)).toEqual(new Set(['same']));
		expect(steps.map(({ answer }) => answer)).toEqual(['same', 'same']);
		expect(totals.a).toEqual(totals.b);
	});

	it('tells attachments by what is in them, not by their names', () => {
		const a = run([], {
			attached: ['same', 'other', 'old', 'odd'],
			inputs: { same: '1', other: '1', old: '1' }
		});
		const b = run([], {
			attached: ['same', 'other', 'new', 'odd'],
			inputs: { same: '1', other: '2', new: '1', odd: '1' }
		});
		expect(compareRuns(a, b).attachments).toEqual([
			{ name: 'same', verdict: 'same' },
			{ name: 'other', verdict: 'different' },
			{ name: 'new', verdict: 'only_b' },
			{ name: 'odd', verdict: 'unknown' },
			{ name: 'old', verdict: 'only_a' }
		]);
	});

	it('names the agents that came, went and changed, and which fields', () => {
		const a = run([step('stays'), step('changes'), step('goes')]);
		const b = run([step('stays'), step('changes'), step('comes')], {
			agents: [
				agent('stays', { position: { x: 1, y: 2 } }),
				agent('changes', { prompt: 'Do more.', tools: ['write_file', 'read_file'] }),
				agent('comes')
			]
		});
		const { steps } = compareRuns(a, b);
		expect(steps.map((s) => [s.agent_id, s.verdict])).toEqual([
			['stays', 'same'],
			['changes', 'different'],
			['comes', 'only_b'],
			['goes', 'only_a']
		]);
		expect(steps[1]?.fields).toMatchObject([
			{ name: 'tools', a: '(none)', b: 'read_file, write_file' },
			{ name: 'prompt', a: 'Do changes.', b: 'Do more.' }
		]);
	});

	it('the order in which tools and predecessors are named does not matter', () => {
		const a = run([step('a')], { agents: [agent('a', { tools: ['read_file', 'write_file'] })] });
		const b = run([step('a')], { agents: [agent('a', { tools: ['write_file', 'read_file'] })] });
		expect(compareRuns(a, b).steps[0]?.verdict).toBe('same');
	});

	it('sees that the same name meant another model', () => {
		const { steps } = compareRuns(
			run([step('a', { model: 'gemini:old' })]),
			run([step('a', { model: 'gemini:new' })])
		);
		expect(steps[0]?.fields).toMatchObject([{ name: 'model', a: 'gemini:old', b: 'gemini:new' }]);
	});

	it('has the steps that agents made themselves', () => {
		const b = run([step('a'), step('a-child', { delegated_by: 'a' })], { agents: [agent('a')] });
		const found = compareRuns(run([step('a')]), b).steps.at(-1);
		expect(found).toMatchObject({ agent_id: 'a-child', verdict: 'only_b', a: null });
	});

	it('compares answers', () => {
		const a = run([step('x'), step('y', { answer: null }), step('z', { answer: null })]);
		const b = run([step('x', { answer: 'other' }), step('y'), step('z', { answer: null })]);
		expect(compareRuns(a, b).steps.map(({ answer }) => answer)).toEqual([
			'different',
			'different',
			'none'
		]);
	});

	it('compares the newest version of each artifact; of expired ones it claims nothing', () => {
		const a = run([], { artifacts: [file('a', '1'), file('a', '2', 2), file('b', '1')] });
		const b = run([], { artifacts: [file('a', '2'), file('b', '9'), file('c', '1')] });
		const told = (x: ComparedRun, y: ComparedRun) =>
			compareRuns(x, y).artifacts.map(({ name, verdict }) => [name, verdict]);
		expect(told(a, b)).toEqual([
			['a', 'same'],
			['b', 'different'],
			['c', 'only_b']
		]);
		expect(told(a, run([], { artifacts: null }))).toEqual([
			['a', 'unknown'],
			['b', 'unknown']
		]);
	});

	it('adds both up; what is not known is null', () => {
		const a = run([step('a'), step('b', { status: 'failed', cost_usd: null })]);
		const b = run([step('a', { cost_usd: null })], { duration_ms: null, artifacts: null });
		expect(compareRuns(a, b).totals).toEqual({
			a: {
				...{ tokens: 30, cost_usd: 0.5, cost_complete: false },
				...{ duration_ms: 60_000, completed: 1, steps: 2, artifacts: 0 }
			},
			b: {
				...{ tokens: 15, cost_usd: null, cost_complete: false },
				...{ duration_ms: null, completed: 1, steps: 1, artifacts: null }
			}
		});
		const free = run([step('a'), step('b', { input_tokens: 0, output_tokens: 0, cost_usd: null })]);
		expect(compareRuns(free, free).totals.a.cost_complete).toBe(true);
	});

	it('tells what changed in texts only while there is time for it', () => {
		const a = run([step('a')]);
		const b = run([step('a')], { agents: [agent('a', { prompt: 'Do it well.' })] });
		b.state.user_directive = 'Why?';
		const before = { a: '(none)', b: 'Why?' };
		expect(compareRuns(a, b).directive?.parts).toContainEqual({ kind: 'added', text: 'Why?' });
		expect(compareRuns(a, b).steps[0]?.fields[0]?.parts).toContainEqual({
			kind: 'same',
			text: 'Do '
		});
		const late = compareRuns(a, b, 0);
		expect(late.directive).toEqual({ ...before, parts: null });
		expect(late.steps[0]?.fields).toEqual([
			{ name: 'prompt', a: 'Do a.', b: 'Do it well.', parts: null }
		]);
		expect(compareRuns(a, a).directive).toBeNull();
	});
});

describe('the difference of two texts', () => {
	it('is told word by word, and gives both texts back', () => {
		const parts = wordDiff('What drives churn?', 'What really drives sales?') ?? [];
		expect(parts).toContainEqual({ kind: 'removed', text: 'churn' });
		expect(parts).toContainEqual({ kind: 'added', text: 'sales' });
		const without = (kind: string) =>
			parts.filter((part) => part.kind !== kind).map((part) => part.text);
		expect(without('added').join('')).toBe('What drives churn?');
		expect(without('removed').join('')).toBe('What really drives sales?');
	});

	it('is told line by line', () => {
		expect(lineDiff('a\nb\n', 'a\nc\n')).toEqual([
			{ kind: 'same', text: 'a\n' },
			{ kind: 'removed', text: 'b\n' },
			{ kind: 'added', text: 'c\n' }
		]);
	});

	it('gives up on texts that have nothing in common', () => {
		const text = (letter: string) => Array.from({ length: 3000 }, (_, n) => `${letter}${n}`);
		expect(wordDiff(text('a').join(' '), text('b').join(' '))).toBeNull();
	});
});
