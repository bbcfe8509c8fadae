import { expect, test } from 'vitest';
import { startSchema, workflowSchema } from './workflow';

const agent = { id: 'a', prompt: 'Do.' };
const workflow = { id: 'w', name: 'W', agents: [agent] };
const problems = (value: unknown) =>
	workflowSchema.safeParse(value).error?.issues.map((issue) => issue.message) ?? [];

test('fills in what a workflow leaves out', () => {
	expect(workflowSchema.parse(workflow).agents[0]).toEqual({
		...agent,
		role: 'worker',
		model: 'fast',
		tools: [],
		depends_on: [],
		accepts_directive: true,
		allow_delegation: false,
		requires_approval: false
	});
});

test('R12 refuses an illegal agent id by its name', () => {
	for (const id of ['', '../x', 'a b', 'é', 'x'.repeat(65)])
		expect(problems({ ...workflow, agents: [{ ...agent, id }] })[0]).toContain(
			`${JSON.stringify(id)} is not an agent id`
		);
});

test('R12 refuses what it does not know, never ignores it', () => {
	expect(problems({ ...workflow, extra: 1 })).toHaveLength(1);
	expect(problems({ ...workflow, agents: [{ ...agent, extra: 1 }] })).toHaveLength(1);
	expect(problems({ ...workflow, agents: [] })).toHaveLength(1);
	expect(problems({ ...workflow, agents: [{ ...agent, model: 'gpt' }] })).toHaveLength(1);
	expect(problems({ ...workflow, max_token_budget: 0 })).toHaveLength(1);
	expect(startSchema.safeParse({ ...workflow, run_id: 'mine' }).success).toBe(false);
});

test('a start names a stored workflow, or brings one', () => {
	expect(startSchema.parse({ id: 'data-profile' })).toEqual({
		id: 'data-profile',
		user_directive: '',
		attached_files: []
	});
	expect(startSchema.safeParse(workflow).success).toBe(true);
	expect(startSchema.safeParse({}).success).toBe(false);
});
