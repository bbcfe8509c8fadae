import { describe, expect, it } from 'vitest';
import { workflowSchema } from '$lib/domain/workflow';
import { placesOf } from './editor-layout';
import { begin, change, MAX_STEPS, redo, undo } from './history';
import { createUnsaved } from './unsaved';
import { configOf } from './workflow-check';
import { diffWorkflows } from './workflow-diff';
import * as edit from './workflow-edit';
import { draftOf } from './workflow-form';
import { readWorkflow } from './workflow-import';

const config = workflowSchema.parse({
	id: 'w',
	name: 'W',
	agents: [
		{ id: 'reader', prompt: 'Read the file.', tools: ['read_file'] },
		{ id: 'checker', prompt: 'Check.', depends_on: ['reader'] },
		{ id: 'writer', prompt: 'Write.', depends_on: ['checker'] }
	]
});
const draft = draftOf(config);
const waits = (of: typeof draft) => of.agents.map(({ id, depends_on }) => `${id}<${depends_on}`);

describe('editing a draft', () => {
	it('leaves the draft it was given alone', () => {
		const before = structuredClone(draft);
		edit.withName(draft, 0, 'other');
		edit.withoutAgents(draft, [1]);
		edit.withDependency(draft, 0, 2);
		edit.withPlaces(draft, [{ x: 1, y: 2 }]);
		expect(draft).toEqual(before);
	});

	it('has dependencies follow a rename, and close over agents that go', () => {
		expect(waits(edit.withName(draft, 0, 'loader'))).toEqual([
			'loader<',
			'checker<loader',
			'writer<checker'
		]);
		expect(waits(edit.withoutAgents(draft, [1, 0]))).toEqual(['writer<']);
		expect(waits(edit.withoutAgents(draft, [1]))).toEqual(['reader<', 'writer<reader']);
	});

	it('refuses a circle, an agent that waits for itself and a line that is there, with the reason', () => {
		expect(edit.whyNotConnect(draft, 0, 2)).toBeNull();
		expect(edit.whyNotConnect(draft, 2, 0)).toMatch(/wait for each other/);
		expect(edit.whyNotConnect(draft, 1, 1)).toMatch(/itself/);
		expect(edit.whyNotConnect(draft, 0, 1)).toMatch(/already/);
		const more = edit.withDependency(draft, 0, 2);
		expect(waits(more)[2]).toBe('writer<checker, reader');
		expect(waits(edit.withoutDependency(more, 'checker', 2))[2]).toBe('writer<reader');
	});

	it('adds and duplicates under names that are free', () => {
		const twice = edit.withDuplicate(edit.withDuplicate(draft, 1), 1);
		expect(waits(twice).slice(3)).toEqual(['checker-2<reader', 'checker-3<reader']);
		expect(edit.withAgent(draft, null).agents.at(-1)).toMatchObject({
			id: 'agent-4',
			depends_on: ''
		});
	});

	it('lays agents out from left to right until they are put somewhere', () => {
		const [a, b, c] = placesOf(draft.agents);
		expect((a?.x ?? 0) < (b?.x ?? 0) && (b?.x ?? 0) < (c?.x ?? 0)).toBe(true);
		const put = [1, 2, 3].map((n) => ({ x: n, y: -n }));
		const placed = edit.withPlaces(draft, put);
		expect(placesOf(placed.agents)).toEqual(put);
		expect(placesOf(edit.withoutPlaces(placed).agents)).toEqual([a, b, c]);
		// A circle, as somebody types one.
		expect(
			placesOf(edit.withFields(draft, 0, { depends_on: 'writer, nobody' }).agents)
		).toHaveLength(3);
	});
});

describe('problems as one types', () => {
	it('are all there at once, each with its agent and field', () => {
		let broken = edit.withFields(draft, 0, { prompt: ' ', model: 'gpt' });
		broken = edit.withFields(broken, 1, { depends_on: 'nobody', model: 'gemini:x' });
		broken = { ...broken, name: '', max_token_budget: 'many' };
		const { problems = [] } = configOf(broken, [{ prefix: 'gemini:', why: 'set the key' }]);
		expect(problems.map(({ agent, field }) => [agent, field])).toEqual([
			[null, 'name'],
			[0, 'prompt'],
			[0, 'model'],
			[null, 'max_token_budget'],
			[1, 'depends_on'],
			[1, 'model']
		]);
		expect(problems.at(-1)?.message).toBe('Agent "checker", model: set the key');
	});
});

describe('undo and redo', () => {
	it('go back and forth; a new change drops what was undone', () => {
		let history = change(change(begin(1), 2, 0), 3, 0);
		history = undo(history);
		expect(history.present).toBe(2);
		expect(redo(history).present).toBe(3);
		expect(redo(change(history, 9, 0)).present).toBe(9);
		expect(undo(undo(undo(history))).present).toBe(1);
	});

	it('take typing in one field as one step, and keep a bounded number', () => {
		let history = change(begin(''), 'a', 0, 'prompt');
		history = change(history, 'ab', 500, 'prompt');
		history = change(history, 'abc', 600, 'name');
		expect(undo(history).present).toBe('ab');
		expect(undo(undo(history)).present).toBe('');
		expect(change(history, 'abcd', 9000, 'name').past).toHaveLength(3);
		for (let n = 0; n < MAX_STEPS + 20; n++) history = change(history, `${n}`, n);
		expect(history.past).toHaveLength(MAX_STEPS);
	});
});

describe('a file that is imported', () => {
	const read = (more: object) => readWorkflow(JSON.stringify({ ...config, ...more }));

	it('is the workflow that was exported', () => {
		expect(read({}).config).toEqual(config);
		expect(read({ $schema: 'http://x/runtime/workflow-schema.json' }).config).toEqual(config);
	});

	it('is refused with its culprits', () => {
		expect(readWorkflow('{').problems?.[0]).toMatch(/^This file is not JSON/);
		expect(readWorkflow('[]').problems?.[0]).toMatch(/no workflow/);
		const wrong = [{ id: 'reader', prompt: 'Read.', model: 'gpt' }, { prompt: 'x' }];
		const { problems = [] } = read({ agents: wrong });
		expect(problems[0]).toMatch(/^Agent "reader", model: A model is/);
		expect(problems[1]).toBe('Agent number 2, id: It is missing.');
		expect(
			read({
				name: '',
				max_token_budget: 1.5,
				wat: 1,
				agents: [{ id: 'a', prompt: 'x', tools: 'fly', role: 'boss', position: { x: 1 } }]
			}).problems
		).toEqual([
			'name: It must not be empty.',
			'Agent "a", role: It has to be "orchestrator", "worker" or "observer".',
			'Agent "a", tools: It has to be a list.',
			'Agent "a", position.y: It is missing.',
			'max_token_budget: It has to be a whole number.',
			'There is no field "wat" here.'
		]);
		expect(read({ agents: [] }).problems).toEqual(['agents: It needs at least 1.']);
		const { problems: circle } = read({
			agents: [{ id: 'a', prompt: 'x', depends_on: ['a'] }]
		});
		expect(circle).toEqual(['These agents wait for each other: a → a.']);
	});
});

describe('the difference between versions', () => {
	it('tells agents that came, went and changed, by field and by word', () => {
		const after = workflowSchema.parse({
			...config,
			name: 'W two',
			agents: [
				{ ...config.agents[0], prompt: 'Read the whole file.', position: { x: 1, y: 1 } },
				config.agents[1],
				{ id: 'painter', prompt: 'Paint.' }
			]
		});
		const diff = diffWorkflows(config, after, Infinity);
		expect(diff.fields.map(({ field }) => field)).toEqual(['Name']);
		expect(diff.moved).toBe(true);
		expect(diff.agents.map(({ id, kind }) => [id, kind])).toEqual([
			['reader', 'changed'],
			['painter', 'added'],
			['writer', 'removed']
		]);
		expect(diff.agents[0]?.fields).toEqual([
			{
				field: 'Prompt',
				parts: [
					{ kind: 'same', text: 'Read the ' },
					{ kind: 'added', text: 'whole ' },
					{ kind: 'same', text: 'file.' }
				]
			}
		]);
		expect(diff.agents[1]?.fields.map(({ field }) => field)).toEqual(['Model', 'Prompt']);
		expect(diffWorkflows(config, config)).toEqual({ fields: [], agents: [], moved: false });
	});

	it('tells texts as a whole that have little in common, or come when its time is up', () => {
		const withPrompt = (prompt: string) =>
			workflowSchema.parse({ id: 'w', name: 'W', agents: [{ id: 'reader', prompt }] });
		const partsOf = (before: string, after: string, until = Infinity) =>
			diffWorkflows(withPrompt(before), withPrompt(after), until).agents[0]?.fields[0]?.parts;
		const long = (word: string) =>
			['same\n', ...Array.from({ length: 2000 }, (_, n) => `${word} ${n}\n`)].join('');
		expect(partsOf(long('before'), long('after'))).toEqual([
			{ kind: 'removed', text: long('before') },
			{ kind: 'added', text: long('after') }
		]);
		expect(partsOf('Read it.', 'Read it all.', 0)).toEqual([
			{ kind: 'removed', text: 'Read it.' },
			{ kind: 'added', text: 'Read it all.' }
		]);
	});
});

describe('unsaved work', () => {
	it('comes back as it was; what cannot be read is as if it were not there', () => {
		const kept = new Map<string, string>();
		const storage = {
			getItem: (name: string) => kept.get(name) ?? null,
			setItem: (name: string, value: string) => void kept.set(name, value),
			removeItem: (name: string) => void kept.delete(name)
		};
		const unsaved = createUnsaved(storage, 'w');
		expect(unsaved.read()).toBeNull();
		expect(unsaved.write({ draft, base: '2-x' })).toBe(true);
		expect(unsaved.read()).toEqual({ draft, base: '2-x' });
		expect(createUnsaved(storage, 'other').read()).toBeNull();
		for (const name of kept.keys()) kept.set(name, '{"agents":[{}]}');
		expect(unsaved.read()).toBeNull();
		unsaved.forget();
		expect(kept.size).toBe(0);
		const full = { ...storage, setItem: () => void JSON.parse('full') };
		expect(createUnsaved(full, 'w').write({ draft, base: null })).toBe(false);
	});
});
