import { describe, expect, it } from 'vitest';
import type { NewRunEvent } from '$lib/domain/run-event';
import { describeApproval, pendingApprovals } from './approvals';
import { viewOf } from './testing';

const asked: NewRunEvent = {
	type: 'approval_requested',
	agent_id: 'a',
	data: {
		turn: 1,
		call_id: 'c1',
		tool: 'execute_javascript',
		arguments: { code: 'await save()' },
		files: [],
		reason: 'Agent a wants to run code.'
	}
};

describe('pendingApprovals', () => {
	it('R20 names who waits and for what, until a person has decided', () => {
		const view = viewOf(
			['a', 'b'],
			[
				asked,
				{ type: 'approval_requested', agent_id: 'b', data: { turn: 0, files: [], reason: '' } }
			]
		);
		expect(pendingApprovals(view)).toEqual([
			{ agent_id: 'a', what: 'execute_javascript', seq: 2 },
			{ agent_id: 'b', what: 'to begin', seq: 3 }
		]);
		const decided = viewOf(
			['a', 'b'],
			[
				asked,
				{ type: 'approval_given', agent_id: 'a', data: { turn: 1, call_id: 'c1', approved: true } }
			]
		);
		expect(pendingApprovals(decided)).toEqual([]);
	});
});

describe('describeApproval', () => {
	const request = { turn: 1, files: [], reason: '' };

	it('R20 shows code whole and tells its language', () => {
		const code = 'x\n'.repeat(5000);
		expect(describeApproval({ ...request, tool: 'execute_python', arguments: { code } })).toEqual({
			title: 'Run Python code',
			fields: [],
			body: { label: 'Code', text: code, filename: 'code.py' },
			hidden: false
		});
	});

	it('shows the name and the content of a file that will be written', () => {
		const shown = describeApproval({
			...request,
			tool: 'write_file',
			arguments: { filename: 'report.md', content: '# Hi' }
		});
		expect(shown.fields).toEqual([{ name: 'filename', value: 'report.md' }]);
		expect(shown.body).toEqual({ label: 'Content', text: '# Hi', filename: 'report.md' });
	});

	it('shows the prompt of an agent that waits to begin', () => {
		const shown = describeApproval({
			...request,
			turn: 0,
			arguments: { prompt: 'Publish it.', tools: ['write_file'] }
		});
		expect(shown.title).toBe('Let the agent begin');
		expect(shown.body).toEqual({ label: 'Prompt', text: 'Publish it.', filename: '' });
		expect(shown.fields.map(({ name }) => name)).toEqual(['tools']);
		expect(describeApproval({ ...request, turn: 0 }).body).toBeNull();
	});

	it('writes out what would not show or would reorder the text', () => {
		const shown = describeApproval({
			...request,
			tool: 'execute_javascript',
			arguments: { code: 'a\t= "\u202eko\u202c";\n\u200bb\r\n' }
		});
		expect(shown.body?.text).toBe('a\t= "\\u{202e}ko\\u{202c}";\n\\u{200b}b\r\n');
		expect(shown.hidden).toBe(true);
	});

	it('names a tool that it does not know, with all its arguments', () => {
		const shown = describeApproval({ ...request, tool: 'delegate', arguments: { agents: [1] } });
		expect(shown).toMatchObject({
			title: 'Call delegate',
			fields: [{ name: 'agents', value: '[\n  1\n]' }],
			body: null
		});
	});
});
