import { goto } from '$app/navigation';
import { isActive, type RunStatus } from '$lib/domain/run';
import type { RunView } from '$lib/domain/run-event';

type Told = Pick<RunView, 'run_id' | 'name' | 'user_directive' | 'status'>;

/** What a person is told while looking elsewhere. */
export interface Notice {
	title: string;
	body: string;
}

const TITLES: Partial<Record<RunStatus, string>> = {
	awaiting_approval: 'A run needs you',
	completed: 'A run is done',
	failed: 'A run has failed',
	cancelled: 'A run was stopped'
};
const MAX_CHARS = 140;

/** What to say when a run went from one status to another; null when that is nothing to call for. */
export function noticeOf(before: RunStatus | null, run: Told): Notice | null {
	const title = TITLES[run.status];
	if (before === null || !isActive(before) || before === run.status || !title) return null;
	const about = run.user_directive.trim().replace(/\s+/g, ' ') || run.name;
	const chars = [...about];
	return {
		title,
		body: chars.length > MAX_CHARS ? `${chars.slice(0, MAX_CHARS).join('')}…` : about
	};
}

/** `unsupported`: this browser has none; `denied`: the person has to allow them in the browser. */
export type Permission = 'unsupported' | 'default' | 'granted' | 'denied';

/** What the browser has for it; tests bring their own. */
export interface Desktop {
	permission(): Permission;
	ask(): Promise<Permission>;
	show(notice: Notice, tag: string, onclick: () => void): void;
	hidden(): boolean;
	focus(): void;
	/** Shows the run in the tab. */
	open(runId: string): void;
	remember(on: boolean): void;
	remembered(): boolean;
}

/** Desktop notifications: off until a person switches them on, and then remembered. */
export class RunNotices {
	permission: Permission = $state('default');
	#wanted = $state(false);
	readonly #desktop: Desktop;
	readonly #seen: Record<string, RunStatus> = {};
	/** The run that the page shows. */
	#onScreen: string | null = null;

	readonly on = $derived.by(() => this.#wanted && this.permission === 'granted');

	/** Only in the browser. */
	constructor(desktop: Desktop) {
		this.#desktop = desktop;
		this.permission = desktop.permission();
		this.#wanted = desktop.remembered();
	}

	/** Only from a click: the browser asks the person. */
	async toggle(): Promise<void> {
		const on = !this.on;
		if (on && this.permission === 'default') this.permission = await this.#desktop.ask();
		this.#wanted = on && this.permission === 'granted';
		this.#desktop.remember(this.#wanted);
	}

	/** How a run stands now. Calls the person when that is news and its tab is out of sight. */
	watch(run: Told): void {
		const before = this.#seen[run.run_id] ?? null;
		this.#seen[run.run_id] = run.status;
		this.#onScreen = run.run_id;
		const notice = noticeOf(before, run);
		if (!notice || !this.#desktop.remembered() || !this.#desktop.hidden()) return;
		if (this.#desktop.permission() !== 'granted') return;
		// One per run: two tabs of it replace each other's.
		this.#desktop.show(notice, run.run_id, () => {
			this.#desktop.focus();
			if (this.#onScreen !== run.run_id) this.#desktop.open(run.run_id);
		});
		this.permission = this.#desktop.permission();
	}

	/** The page no longer shows the run it watched. */
	leave(): void {
		this.#onScreen = null;
	}
}

const KEY = 'raro_notify';

/** The browser's own. Storage may be forbidden: then the switch lasts as long as the page. */
export function browserDesktop(): Desktop {
	let kept = stored();
	let refused = false;
	const permission = (): Permission =>
		'Notification' in window && !refused ? Notification.permission : 'unsupported';
	return {
		permission,
		ask: async () =>
			permission() === 'unsupported' ? permission() : Notification.requestPermission(),
		show({ title, body }, tag, onclick) {
			try {
				const shown = new Notification(title, { body, tag, icon: '/favicon.svg' });
				shown.onclick = () => {
					onclick();
					shown.close();
				};
			} catch {
				// Chrome on Android has the constructor and the permission, and throws here.
				refused = true;
			}
		},
		hidden: () => document.hidden,
		focus: () => window.focus(),
		open: (runId) => void goto(`/runs/${runId}`),
		remember(on) {
			kept = on;
			try {
				if (on) localStorage.setItem(KEY, '1');
				else localStorage.removeItem(KEY);
			} catch {
				// Kept in memory.
			}
		},
		remembered: () => stored() ?? kept ?? false
	};
}

function stored(): boolean | null {
	try {
		return localStorage.getItem(KEY) === '1';
	} catch {
		return null;
	}
}

let notices: RunNotices | null = null;

/** The page's notifications. Only in the browser. */
export function runNotices(): RunNotices {
	notices ??= new RunNotices(browserDesktop());
	return notices;
}
