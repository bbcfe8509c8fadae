import { readFileSync, globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Action } from '$lib/client/actions.svelte';
import { ConsoleState } from '$lib/client/console.svelte';
import { Drawer } from '$lib/client/drawer.svelte';
import { RailState } from '$lib/client/rail.svelte';
import { NO_FILTERS } from '$lib/client/run-filters';
import { RUN, stepEnd, viewOf } from '$lib/client/testing';
import type { Artifact, RunArtifacts } from '$lib/domain/artifact';
import type { LibraryFile } from '$lib/domain/library';
import type { NewRunEvent, RunView } from '$lib/domain/run-event';
import { consoleActions } from './console-actions';
import { editorActions } from './editor-actions';
import { listActions } from './list-actions';
import { railActions } from './rail-actions';
import { outputActions, runPageActions, stepActions } from './run-actions';

const nothing = () => undefined;
const at = '2026-11-21T12:00:00Z';
const idsOf = (actions: readonly Action[]) => actions.map(({ id }) => id);

const file = (name: string, scope: LibraryFile['scope']): LibraryFile => {
	const common = { content_type: 'text/csv', sha256: '', uploaded_at: at, origin: null };
	return { name, scope, size_bytes: 1, ...common };
};
const artifact: Artifact = {
	filename: 'report.md',
	version: 1,
	agent_id: 'writer',
	generated_at: at,
	size_bytes: 1,
	content_type: 'text/markdown',
	sha256: ''
};

function railWith(library: LibraryFile[], run: Partial<RunArtifacts> | null): RailState {
	const metadata: RunArtifacts = {
		...{ run_id: RUN, workflow_id: 'w', user_directive: '', created_at: at, expires_at: at },
		...{ pinned: false, status: 'completed', artifacts: [artifact], refused: [] },
		...run
	};
	return new RailState({
		library,
		artifacts: run === null ? [] : [{ run_id: RUN, metadata }],
		limits: { file_bytes: 1, library_bytes: 1, artifact_bytes: 1 },
		usage: { library_bytes: 0, artifact_bytes: 0, files: 0 }
	});
}

const asks: NewRunEvent = {
	type: 'approval_requested',
	agent_id: 'a',
	data: { turn: 0, files: [], reason: '' }
};
const ends = (status: 'completed' | 'failed'): NewRunEvent => ({
	type: 'run_finished',
	data: { status, error: null, total_tokens_used: 0 }
});

describe('what the palette offers', () => {
	const desk = (run: RunView | null) =>
		new ConsoleState({
			workflows: [{ id: 'w', name: 'W', agents: [] }],
			rail: railWith([], null),
			run
		});
	const always = ['workflow.use:w', 'settings', 'key'];
	const steps = ['step.next', 'step.previous', 'step:a', 'step:b'];
	const two = ['a', 'b'];

	it.each<[string, RunView | null, string[]]>([
		['before a run', null, ['run', 'plan', ...always]],
		['while it runs', viewOf(two, []), [...steps, ...always]],
		['while it waits for a person', viewOf(two, [asks]), ['approval:a', ...steps, ...always]],
		[
			'when it failed',
			viewOf(two, [stepEnd('a', {}, { status: 'failed' }), ends('failed')]),
			['run', 'plan', ...steps, ...always]
		],
		[
			'when it is done',
			viewOf(['a'], [stepEnd('a'), ends('completed')]),
			['run', 'plan', 'step:a', ...always]
		]
	])('on the console %s', (_, run, ids) => {
		const settings = new Drawer('(min-width: 80rem)');
		expect(idsOf(consoleActions({ desk: desk(run), settings, unplannable: null }))).toEqual(ids);
		const unplannable = idsOf(
			consoleActions({ desk: desk(run), settings, unplannable: 'There is no model.' })
		);
		expect(unplannable).toEqual(ids.filter((id) => id !== 'plan'));
	});

	const OWN = ['attach', 'view', 'download', 'rename', 'delete'].map(
		(verb) => `file.${verb}:a.csv`
	);
	const SHARED = ['attach', 'view', 'download'].map((verb) => `file.${verb}:b.csv`);
	const LISTS = ['artifacts.scope:day', 'artifacts.clear'];
	const FILES = ['view', 'download', 'save', 'delete'].map(
		(verb) => `artifact.${verb}:${RUN}/report.md`
	);
	const runDoes = (...verbs: string[]) => verbs.map((verb) => `run.${verb}:${RUN}`);

	it.each<[string, RailState, string[]]>([
		['nothing', railWith([], null), []],
		['a file of one’s own', railWith([file('a.csv', 'private')], null), OWN],
		['a file of the shared shelf', railWith([file('b.csv', 'public')], null), SHARED],
		[
			'an ended run',
			railWith([], {}),
			[...LISTS, ...runDoes('pin', 'zip', 'extend', 'empty'), ...FILES]
		],
		[
			'a pinned run',
			railWith([], { pinned: true }),
			[...LISTS, ...runDoes('pin', 'zip', 'empty'), ...FILES]
		],
		[
			'a run under way',
			railWith([], { status: 'running', expires_at: null }),
			[...LISTS, ...runDoes('pin', 'zip'), ...FILES]
		]
	])('with %s in the rail', (_, rail, ids) => {
		expect(idsOf(railActions(rail))).toEqual(['library.refresh', ...ids]);
	});

	it('for the steps of a run: none to go through where there is one', () => {
		const looking = { selected: () => null, select: nothing };
		expect(idsOf(stepActions(viewOf(['a'], []), looking))).toEqual(['step:a']);
	});

	it('for the output: its other view, and the running step while one runs', () => {
		const output = { ontab: nothing, onrunning: nothing };
		const idle = outputActions({ ...output, tab: 'transcript', running: null });
		expect(idle.map(({ title }) => title)).toEqual(['Show the timeline']);
		const busy = outputActions({ ...output, tab: 'timeline', running: 'a' });
		expect(busy.map(({ title }) => title)).toEqual([
			'Show the transcript',
			'Go to the running step'
		]);
	});

	it.each<[string, Parameters<typeof runPageActions>[0], string[]]>([
		[
			'done',
			page({ kept: { pinned: false, expires_at: at } }),
			['run.new', 'artifacts.zip', 'artifacts.pin', 'artifacts.extend', ...FILES]
		],
		[
			'under way',
			page({ kept: { pinned: false, expires_at: null }, active: true }),
			['artifacts.zip', 'artifacts.pin', ...FILES]
		],
		['without files', page({ artifacts: [], kept: null, reusable: false }), []]
	])('on the page of a run that is %s', (_, given, ids) => {
		expect(idsOf(runPageActions(given))).toEqual(ids);
	});

	function page(given: Partial<Parameters<typeof runPageActions>[0]>) {
		const run = { run_id: RUN, workflow_id: 'w' };
		const common = { kept: null, reusable: true, active: false, go: nothing, submit: nothing };
		return { run, artifacts: [artifact], ...common, ...given };
	}

	it('on the page of all runs: other filters, all of them again, more of them', () => {
		const list = { next: null, loadMore: nothing };
		const statuses = ['active', 'awaiting_approval', 'completed', 'failed', 'cancelled'];
		const shown = (without = '') =>
			statuses.filter((s) => s !== without).map((status) => `runs.status:${status}`);
		expect(idsOf(listActions(NO_FILTERS, list, nothing))).toEqual(shown());
		expect(
			idsOf(listActions({ ...NO_FILTERS, status: 'failed' }, { ...list, next: 'x' }, nothing))
		).toEqual(['runs.all', ...shown('failed'), 'runs.more']);
	});

	it('in the editor: what can be undone, and versions of what is stored', () => {
		const editing = {
			...{ saving: false, stored: false, onsave: nothing, oncopy: nothing, onexport: nothing },
			...{ onimport: nothing, onversions: nothing, ondiscard: nothing }
		};
		const editor = { undo: nothing, redo: nothing, add: nothing, tidy: nothing };
		const verbs = (stored: boolean, changed: boolean) =>
			idsOf(
				editorActions({
					...editing,
					stored,
					editor: { ...editor, canUndo: changed, canRedo: changed }
				})
			).map((id) => id.replace('editor.', ''));
		const common = ['save', 'agent', 'tidy', 'export', 'import', 'close'];
		expect(verbs(false, false)).toEqual(common);
		expect(new Set(verbs(true, true))).toEqual(
			new Set([...common, 'undo', 'redo', 'versions', 'copy'])
		);
	});
});

/** Which action of the palette does what each form action of the pages does. */
const FORMS: Record<string, string> = {
	approve: 'approval:',
	change: 'editor.',
	clearOldRuns: 'artifacts.clear',
	copy: 'editor.',
	deleteArtifact: 'artifact.delete:',
	deleteFile: 'file.delete:',
	deleteRun: 'run.empty:',
	extendRun: 'run.extend:',
	pinRun: 'run.pin:',
	plan: 'plan',
	promote: 'artifact.save:',
	remove: 'workflow.delete:',
	renameFile: 'file.rename:',
	rerun: 'run.rerun',
	restore: 'editor.',
	resume: 'run.resume',
	save: 'editor.',
	showKey: 'key',
	start: 'run',
	stop: 'run.stop',
	theme: 'theme',
	upload: 'upload'
};

it('no form can do what the palette cannot', () => {
	const sources = globSync('src/{lib/components,routes}/**/*.{svelte,ts}')
		.filter((path) => !path.endsWith('.test.ts'))
		.map((path) => readFileSync(path, 'utf8'));
	const forms = sources.flatMap((text) =>
		[...text.matchAll(/action="[^"?]*\?\/(\w+)/g)].map(([, name]) => name)
	);
	expect([...new Set(forms)].sort()).toEqual(Object.keys(FORMS).filter((n) => forms.includes(n)));
	for (const id of Object.values(FORMS))
		expect(
			sources.some((text) => text.includes(`'${id}`) || text.includes(`\`${id}`)),
			id
		).toBe(true);
});
