import { describe, expect, it } from 'vitest';
import { workflowSchema } from '$lib/domain/workflow';
import { configOf } from './workflow-check';
import {
	draftFrom,
	draftOf,
	emptyAgent,
	removeAgent,
	renameAgent,
	workflowIdFor,
	type Draft
} from './workflow-form';

const full = workflowSchema.parse({
	id: 'churn',
	name: 'Churn',
	description: 'Who leaves, and why.',
	max_token_budget: 200000,
	max_cost_usd: 1.5,
	timeout_ms: 90_000,
	allow_internet: true,
	agents: [
		{ id: 'reader', prompt: 'Read.', tools: ['read_file'], position: { x: 1, y: -2.5 } },
		{
			id: 'writer',
			role: 'observer',
			model: 'openai:llama3',
			prompt: 'Write.',
			tools: ['write_file', 'execute_python'],
			tools_requiring_approval: ['execute_python'],
			depends_on: ['reader'],
			accepts_directive: false,
			allow_delegation: true,
			requires_approval: true,
			user_directive: 'Be short.'
		}
	]
});

/** What a browser sends for the draft. */
function sent(draft: Draft): Record<string, string | string[]> {
	const fields: Record<string, string | string[]> = {};
	const put = (name: string, value: unknown) => {
		if (value === true) fields[name] = '1';
		else if (typeof value === 'string') fields[name] = value;
		else if (Array.isArray(value) && value.length > 0)
			fields[name] = value.length === 1 ? String(value[0]) : value.map(String);
	};
	const { agents, ...own } = draft;
	for (const [name, value] of Object.entries(own)) put(name, value);
	agents.forEach((agent, n) => {
		for (const [name, value] of Object.entries(agent)) put(`agents.${n}.${name}`, value);
	});
	return fields;
}

describe('the form of a workflow', () => {
	it('keeps everything that a workflow can have', () => {
		expect(configOf(draftFrom(sent(draftOf(full)))).config).toEqual(full);
	});

	it('closes gaps in the numbers of agents and keeps their order', () => {
		const fields = { 'agents.10.id': 'c', 'agents.2.id': 'b', 'agents.0.id': 'a' };
		expect(draftFrom(fields).agents.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
	});

	it('takes numbers as people write them', () => {
		const draft = { ...draftOf(full), max_token_budget: '200,000', max_cost_usd: ' $1.5' };
		expect(configOf(draft).config).toEqual(full);
	});

	it('drops the question about a tool that the agent does not have', () => {
		const draft = draftOf(full);
		for (const agent of draft.agents) agent.tools = ['read_file'];
		expect(configOf(draft).config?.agents[1]).not.toHaveProperty('tools_requiring_approval');
	});
});

describe('configOf', () => {
	const broken = (change: (draft: Draft) => void) => {
		const draft = draftOf(full);
		change(draft);
		return configOf(draft).problems;
	};

	it('R12 names the agent that is wrong', () => {
		expect(
			broken(({ agents: [first] }) => {
				if (first) first.id = 'no spaces';
			})?.[0]
		).toMatchObject({ agent: 0, message: expect.stringContaining('"no spaces"') });
		expect(
			broken(({ agents: [, second] }) => {
				if (second) second.depends_on = 'reader, nobody';
			})
		).toEqual([
			{
				agent: 1,
				field: 'depends_on',
				message: 'Agent "writer" depends on "nobody", which is not in the workflow.'
			}
		]);
		expect(
			broken(({ agents: [, second] }) => {
				if (second) second.prompt = '  ';
			})
		).toEqual([
			{ agent: 1, field: 'prompt', message: 'Agent "writer" needs a prompt: what is it to do?' }
		]);
		expect(
			broken(({ agents: [, second] }) => {
				if (second) second.model = 'gpt';
			})?.[0]?.message
		).toMatch(/^Agent "writer", model: A model is/);
		expect(
			broken(({ agents: [first] }) => {
				if (first) first.depends_on = 'writer';
			})?.[0]?.message
		).toMatch(/wait for each other/);
	});

	it('names what is wrong with the whole', () => {
		expect(broken((draft) => (draft.name = ' '))).toEqual([
			{ agent: null, field: 'name', message: 'The workflow needs a name.' }
		]);
		expect(broken((draft) => (draft.agents = []))?.[0]?.message).toMatch(/at least one agent/);
		expect(broken((draft) => (draft.max_token_budget = 'many'))?.[0]?.message).toMatch(
			/^Token budget:/
		);
		expect(broken((draft) => (draft.max_cost_usd = '-1'))?.[0]?.message).toMatch(/^Cost budget:/);
	});
});

it('renames an agent also where others wait for it', () => {
	const draft = draftOf(full);
	renameAgent(draft, 0, 'scout');
	expect(draft.agents.map(({ id, depends_on }) => [id, depends_on])).toEqual([
		['scout', ''],
		['writer', 'scout']
	]);
});

it('leaves who waits for whom alone while two agents have the same name', () => {
	const draft = draftOf(full);
	draft.agents.push({ ...emptyAgent(draft.agents), id: 'critic', depends_on: 'reader' });
	draft.agents.push({ ...emptyAgent(draft.agents), id: 'last', depends_on: 'critic' });
	const before = structuredClone(draft);
	renameAgent(draft, 2, 'reader');
	expect(draft.agents.map(({ depends_on }) => depends_on)).toEqual(
		before.agents.map(({ depends_on }) => depends_on)
	);
	renameAgent(draft, 2, 'critic');
	expect(draft).toEqual(before);
});

it('bridges the gap that a removed agent leaves', () => {
	const draft = draftOf(full);
	draft.agents.push(emptyAgent(draft.agents));
	expect(draft.agents.at(-1)).toMatchObject({ id: 'agent-3', depends_on: 'writer' });
	removeAgent(draft, 1);
	expect(draft.agents.map(({ id, depends_on }) => [id, depends_on])).toEqual([
		['reader', ''],
		['agent-3', 'reader']
	]);
});

it.each([
	['Über-Analyse: Q3!', [], 'uber-analyse-q3'],
	['東京', [], 'workflow'],
	['Churn', ['churn', 'churn-2'], 'churn-3']
])('makes an id of %s', (name, taken, id) => expect(workflowIdFor(name, taken)).toBe(id));
