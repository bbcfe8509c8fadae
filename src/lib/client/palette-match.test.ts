import { describe, expect, it } from 'vitest';
import { currentActions, keyedActions, offerActions, type Action } from './actions.svelte';
import { matchActions } from './palette-match';

const nothing = () => undefined;
const act = (id: string, title: string, more: Partial<Action> = {}): Action => ({
	id,
	title,
	group: 'Go to',
	run: nothing,
	...more
});

const ACTIONS = [
	act('attach', 'Attach sales.csv', { group: 'Files', quiet: true }),
	act('runs', 'Go to Runs', { keywords: 'history list' }),
	act('run', 'Run the workflow', { group: 'Run', keywords: 'start go' }),
	act('rerun', 'Re-run with changes', { group: 'Run' }),
	act('über', 'Open workflow Übersicht', { group: 'Workflows', quiet: true }),
	act('theme', 'Switch the theme', { group: 'View', keywords: 'dark light' })
];

const idsFor = (query: string, recent: string[] = [], limit = 50) =>
	matchActions(ACTIONS, query, recent, limit).lists.flatMap((list) =>
		list.actions.map(({ id }) => id)
	);

describe('the palette', () => {
	it('lists by group, and nothing of which there are many, until something is looked for', () => {
		const { lists } = matchActions(ACTIONS, ' ', [], 50);
		expect(lists.map(({ heading }) => heading)).toEqual(['Run', 'Go to', 'View']);
		expect(idsFor('')).toEqual(['run', 'rerun', 'runs', 'theme']);
	});

	it('begins with what was used last and can be done now, once', () => {
		const { lists } = matchActions(ACTIONS, '', ['attach', 'gone', 'theme'], 50);
		expect(lists[0]).toMatchObject({
			heading: 'Recent',
			actions: [{ id: 'attach' }, { id: 'theme' }]
		});
		expect(lists.slice(1).flatMap((l) => l.actions.map(({ id }) => id))).not.toContain('theme');
	});

	it('finds by the beginning of a title before the beginning of a word before its inside', () => {
		expect(idsFor('run')).toEqual(['run', 'rerun', 'runs']);
		expect(idsFor('heme')).toEqual(['theme']);
	});

	it('wants every word, in any order, in title or keywords', () => {
		expect(idsFor('csv att')).toEqual(['attach']);
		expect(idsFor('dark')).toEqual(['theme']);
		expect(idsFor('attach dark')).toEqual([]);
	});

	it('overlooks case and accents', () => {
		expect(idsFor('UBERSICHT')).toEqual(['über']);
	});

	it('prefers what was used last among equals', () => {
		const twins = [act('one', 'Open one'), act('two', 'Open two')];
		const [list] = matchActions(twins, 'open', ['two'], 50).lists;
		expect(list?.actions.map(({ id }) => id)).toEqual(['two', 'one']);
	});

	it('prefers what shows a thing to what deletes it, unless that is asked for', () => {
		const both = [
			act('delete', 'Delete run 1a', { second: true }),
			act('open', 'Open run 1a: a long directive')
		];
		const first = (query: string) => matchActions(both, query, [], 50).lists[0]?.actions[0]?.id;
		expect(first('1a')).toBe('open');
		expect(first('delete 1a')).toBe('delete');
	});

	it('lists no more than it is told to, and says how many more there are', () => {
		const many = Array.from({ length: 30_000 }, (_, n) => act(`${n}`, `Open file ${n}.csv`));
		const { lists, more } = matchActions(many, 'file', [], 40);
		expect(lists[0]?.actions).toHaveLength(40);
		expect(more).toBe(29_960);
	});
});

describe('the actions', () => {
	it('are there as long as who offers them, each id once', () => {
		const first = offerActions(() => [act('a', 'First')]);
		const second = offerActions(() => [act('a', 'Second'), act('b', 'Other')]);
		expect(currentActions().map(({ title }) => title)).toEqual(['First', 'Other']);
		first();
		expect(currentActions().map(({ title }) => title)).toEqual(['Second', 'Other']);
		second();
		expect(currentActions()).toEqual([]);
	});

	it('that a key does are found without asking for those that no key does', () => {
		let asked = 0;
		const many = offerActions(
			() => {
				asked += 1;
				return [act('file', 'Open a file')];
			},
			{ keys: false }
		);
		const few = offerActions(() => [{ ...act('go', 'Go'), shortcut: 'g' }, act('stay', 'Stay')]);
		expect(keyedActions().map(({ id, shortcut }) => [id, shortcut])).toEqual([['go', 'g']]);
		expect(asked).toBe(0);
		expect(currentActions().map(({ id }) => id)).toEqual(['file', 'go', 'stay']);
		many();
		few();
	});
});
