import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { RUN_STATUSES, type RunStatus } from '$lib/domain/run';
import { runIcon, showIcon } from './run-icon';
import {
	browserDesktop,
	noticeOf,
	RunNotices,
	type Desktop,
	type Permission
} from './run-notices.svelte';

const run = (status: RunStatus, more = {}) => ({
	run_id: 'r1',
	name: 'Data profile',
	user_directive: 'What drives it?',
	status,
	...more
});

describe('what is told of a run', () => {
	it('is told when it ends or needs a person, once', () => {
		expect(noticeOf('running', run('completed'))).toEqual({
			title: 'A run is done',
			body: 'What drives it?'
		});
		expect(noticeOf('running', run('awaiting_approval'))?.title).toBe('A run needs you');
		expect(noticeOf('awaiting_approval', run('failed'))?.title).toBe('A run has failed');
		expect(noticeOf('running', run('running'))).toBeNull();
		expect(noticeOf('queued', run('running'))).toBeNull();
		expect(noticeOf('completed', run('completed'))).toBeNull();
		expect(noticeOf(null, run('completed'))).toBeNull();
	});

	it('has one short line of the directive, or the name', () => {
		const long = noticeOf('running', run('completed', { user_directive: 'a\n b '.repeat(99) }));
		expect(long?.body).toHaveLength(141);
		expect(long?.body).not.toContain('\n');
		expect(noticeOf('running', run('completed', { user_directive: ' ' }))?.body).toBe(
			'Data profile'
		);
	});
});

function desktop(answer: Permission, more: Partial<Desktop> = {}) {
	const shown: string[] = [];
	const state = {
		permission: 'default' as Permission,
		asked: 0,
		kept: false,
		hidden: true,
		focused: 0
	};
	const opened: string[] = [];
	const fake: Desktop = {
		permission: () => state.permission,
		ask: async () => {
			state.asked += 1;
			return (state.permission = answer);
		},
		show: ({ title }, tag, onclick) => {
			shown.push(`${tag}: ${title}`);
			onclick();
		},
		hidden: () => state.hidden,
		focus: () => (state.focused += 1),
		open: (runId) => opened.push(runId),
		remember: (on) => (state.kept = on),
		remembered: () => state.kept,
		...more
	};
	return { notices: new RunNotices(fake), fake, state, shown, opened };
}

describe('desktop notifications', () => {
	it('are off, and nobody is asked, until a person switches them on', async () => {
		const { notices, state, shown } = desktop('granted');
		notices.watch(run('running'));
		notices.watch(run('completed'));
		expect([notices.on, state.asked, shown]).toEqual([false, 0, []]);
		await notices.toggle();
		expect([notices.on, state.asked, state.kept]).toEqual([true, 1, true]);
		await notices.toggle();
		expect([notices.on, state.asked, state.kept]).toEqual([false, 1, false]);
	});

	it('stay off when the browser is told no', async () => {
		const { notices, state } = desktop('denied');
		await notices.toggle();
		expect([notices.on, notices.permission, state.kept]).toEqual([false, 'denied', false]);
	});

	it('are remembered', async () => {
		const { notices, fake } = desktop('granted');
		await notices.toggle();
		expect(new RunNotices(fake).on).toBe(true);
	});

	it('come only while the tab is out of sight, and lead back to it', async () => {
		const { notices, state, shown } = desktop('granted');
		await notices.toggle();
		notices.watch(run('running'));
		state.hidden = false;
		notices.watch(run('awaiting_approval'));
		expect(shown).toEqual([]);
		state.hidden = true;
		notices.watch(run('running'));
		notices.watch(run('completed'));
		notices.watch(run('completed'));
		expect(shown).toEqual(['r1: A run is done']);
		expect(state.focused).toBe(1);
	});
});

it('a notification opens its run in a tab that shows something else by now', async () => {
	const clicks: (() => void)[] = [];
	const { notices, state, opened } = desktop('granted', {
		show: (_notice, _tag, onclick) => clicks.push(onclick)
	});
	await notices.toggle();
	notices.watch(run('running'));
	notices.watch(run('completed'));
	clicks[0]?.();
	expect([state.focused, opened]).toEqual([1, []]);
	notices.leave();
	clicks[0]?.();
	expect([state.focused, opened]).toEqual([2, ['r1']]);
});

it('a browser that refuses at the last moment counts as one without notifications', () => {
	class Refusing {
		static readonly permission = 'granted';
		constructor() {
			throw new TypeError('Illegal constructor');
		}
	}
	vi.stubGlobal('window', { Notification: Refusing });
	vi.stubGlobal('Notification', Refusing);
	vi.stubGlobal('document', { hidden: true });
	onTestFinished(() => void vi.unstubAllGlobals());
	const browser = browserDesktop();
	browser.remember(true);
	const notices = new RunNotices(browser);
	notices.watch(run('running'));
	expect([notices.on, notices.permission]).toEqual([true, 'granted']);
	notices.watch(run('completed'));
	expect([notices.on, notices.permission]).toEqual([false, 'unsupported']);
	expect(browser.permission()).toBe('unsupported');
});

describe('the icon of the tab', () => {
	it('is another for every status, and a whole picture', () => {
		const icons = RUN_STATUSES.map(runIcon);
		expect(new Set(icons).size).toBe(RUN_STATUSES.length);
		for (const icon of icons)
			expect(decodeURIComponent(icon)).toMatch(/^data:image\/svg\+xml,<svg .*<\/svg>$/);
	});

	it('gives way to what was there before', () => {
		const link = { href: '/favicon.svg' };
		const page = {
			querySelector: () => ({
				getAttribute: () => link.href,
				setAttribute: (_: string, value: string) => (link.href = value)
			})
		};
		// Only what `showIcon` uses of a document.
		const restore = showIcon('data:x', page as unknown as Document);
		expect(link.href).toBe('data:x');
		restore();
		expect(link.href).toBe('/favicon.svg');
	});
});
