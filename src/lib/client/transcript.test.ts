import { describe, expect, it } from 'vitest';
import { agentSchema } from '$lib/domain/workflow';
import type { RunView, StepView, TranscriptItem } from '$lib/domain/run-event';
import { announcementOf, blocksOf, currentTool, delegationText, newestStep } from './transcript';
import { previewOf } from './workflow-preview';

const at = '2026-11-21T12:00:00Z';
const artifact = (seq: number, filename: string): TranscriptItem => ({
	kind: 'artifact',
	seq,
	at,
	artifact: {
		filename,
		version: 1,
		agent_id: 'a',
		generated_at: at,
		size_bytes: 1,
		content_type: 'text/plain',
		sha256: ''
	}
});
const tool = (seq: number, state: 'running' | 'ok'): TranscriptItem => ({
	kind: 'tool',
	seq,
	turn: 1,
	call_id: `c${seq}`,
	tool: 'execute_python',
	arguments: {},
	state,
	result: null,
	duration_ms: null,
	at
});

function view(...changes: Partial<StepView>[]): RunView {
	const agents = changes.map((_, i) => agentSchema.parse({ id: `a${i}`, prompt: 'Work.' }));
	const base = previewOf({ id: 'w', name: 'W', agents });
	base.steps.forEach((step, i) => Object.assign(step, changes[i]));
	return base;
}

describe('blocksOf', () => {
	it('puts artifacts that came together into one block', () => {
		const blocks = blocksOf([
			tool(1, 'ok'),
			artifact(2, 'a.png'),
			artifact(3, 'b.png'),
			tool(4, 'ok'),
			artifact(5, 'c.png')
		]);
		expect(blocks.map((b) => [b.kind, b.seq])).toEqual([
			['tool', 1],
			['artifacts', 2],
			['tool', 4],
			['artifacts', 5]
		]);
		expect(blocks[1]).toMatchObject({ items: [{ seq: 2 }, { seq: 3 }] });
	});
});

describe('currentTool', () => {
	it('names the tool only while its call and its step run', () => {
		const [running, done, ended] = view(
			{ status: 'running', transcript: [tool(1, 'running')] },
			{ status: 'running', transcript: [tool(1, 'ok')] },
			{ status: 'cancelled', transcript: [tool(1, 'running')] }
		).steps;
		expect(running && currentTool(running)).toBe('execute_python');
		expect(done && currentTool(done)).toBeNull();
		expect(ended && currentTool(ended)).toBeNull();
	});
});

describe('newestStep', () => {
	it('is the last agent that works, then the last that ended', () => {
		expect(newestStep(view({ status: 'running' }, { status: 'running' }, {}))).toBe('a1');
		const ended = view(
			{ status: 'completed', ended_at: '2026-11-21T12:00:09Z' },
			{ status: 'completed', ended_at: '2026-11-21T12:00:05Z' }
		);
		expect(newestStep(ended)).toBe('a0');
		expect(newestStep(view({}))).toBeNull();
	});
});

it('announces states, not output', () => {
	const run = view(
		{ status: 'completed' },
		{ status: 'failed' },
		{ status: 'running' },
		{ status: 'awaiting_approval' }
	);
	run.status = 'awaiting_approval';
	expect(announcementOf(run)).toBe(
		'Run awaiting approval. Working: a2. Needs your approval: a3. Failed: a1. 1 of 4 agents done.'
	);
});

it('R23 says who came into the graph and who left it', () => {
	const item = { relation: 'child' as const, added: ['b', 'c'], removed: [] };
	expect(delegationText(item)).toBe('Added b, c, to work after this agent.');
	expect(delegationText({ ...item, relation: 'sibling', removed: ['d'] })).toBe(
		'Added b, c, to work beside this agent. Took out d.'
	);
});
