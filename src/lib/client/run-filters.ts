import type { RunStatus } from '$lib/domain/run';

/** What the page of runs is narrowed down to; an empty text means anything. */
export interface RunFilters {
	status: string;
	/** A workflow's id. */
	workflow: string;
	q: string;
	/** Days as `2026-11-21`, in UTC; both are included. */
	from: string;
	to: string;
}

/** What a person can choose, in this order, and which statuses it means. */
export const STATUS_CHOICES: readonly { value: string; text: string; statuses: RunStatus[] }[] = [
	{ value: 'active', text: 'Active', statuses: ['queued', 'running', 'awaiting_approval'] },
	{ value: 'awaiting_approval', text: 'Needs you', statuses: ['awaiting_approval'] },
	{ value: 'completed', text: 'Done', statuses: ['completed'] },
	{ value: 'failed', text: 'Failed', statuses: ['failed'] },
	{ value: 'cancelled', text: 'Stopped', statuses: ['cancelled'] }
];

const NAMES = ['status', 'workflow', 'q', 'from', 'to'] as const;
const MAX_CHARS = { status: 20, workflow: 100, q: 500, from: 10, to: 10 };
const DAY_MS = 86_400_000;

export const NO_FILTERS: RunFilters = { status: '', workflow: '', q: '', from: '', to: '' };

/** Reads an address or a form; what makes no sense counts as not asked. */
export function filtersFrom(fields: { get(name: string): FormDataEntryValue | null }): RunFilters {
	const text = (name: (typeof NAMES)[number]) => {
		const value = fields.get(name);
		return typeof value === 'string' ? value.slice(0, MAX_CHARS[name]) : '';
	};
	const status = text('status');
	return {
		status: STATUS_CHOICES.some(({ value }) => value === status) ? status : '',
		workflow: text('workflow'),
		q: text('q'),
		from: dayOf(text('from')) === null ? '' : text('from'),
		to: dayOf(text('to')) === null ? '' : text('to')
	};
}

export function isFiltered(filters: RunFilters): boolean {
	return NAMES.some((name) => filters[name].trim() !== '');
}

/** The filters in a few words; empty when there are none. */
export function filterWords(filters: RunFilters, workflowName: (id: string) => string): string {
	const status = STATUS_CHOICES.find(({ value }) => value === filters.status)?.text;
	return [
		filters.q.trim() && `“${filters.q.trim()}”`,
		status,
		filters.workflow && workflowName(filters.workflow),
		filters.from && `from ${filters.from}`,
		filters.to && `to ${filters.to}`
	]
		.filter(Boolean)
		.join(' · ');
}

/** The page with these filters. */
export function runsAddress(filters: RunFilters, cursor?: string): string {
	const query = new URLSearchParams();
	for (const name of NAMES) if (filters[name].trim() !== '') query.set(name, filters[name].trim());
	if (cursor !== undefined) query.set('cursor', cursor);
	const text = query.toString();
	return text === '' ? '/runs' : `/runs?${text}`;
}

/** What the filters mean to the list of runs. */
export function runQuery(filters: RunFilters): {
	status?: RunStatus[];
	workflow?: string;
	q?: string;
	since?: Date;
	until?: Date;
} {
	const statuses = STATUS_CHOICES.find(({ value }) => value === filters.status)?.statuses;
	const from = dayOf(filters.from);
	const to = dayOf(filters.to);
	return {
		...(statuses ? { status: statuses } : {}),
		...(filters.workflow === '' ? {} : { workflow: filters.workflow }),
		...(filters.q.trim() === '' ? {} : { q: filters.q.trim() }),
		...(from === null ? {} : { since: new Date(from) }),
		...(to === null ? {} : { until: new Date(to + DAY_MS) })
	};
}

/** The same, as the API is asked. */
export function apiAddress(filters: RunFilters, page: { cursor: string; limit: number }): string {
	const { status, workflow, q, since, until } = runQuery(filters);
	const query = new URLSearchParams({ cursor: page.cursor, limit: String(page.limit) });
	if (status) query.set('status', status.join(','));
	if (workflow !== undefined) query.set('workflow', workflow);
	if (q !== undefined) query.set('q', q);
	if (since) query.set('since', since.toISOString());
	if (until) query.set('until', until.toISOString());
	return `/runtime/runs?${query.toString()}`;
}

/** Milliseconds at which a day begins in UTC; null for what is no day. */
function dayOf(text: string): number | null {
	if (!/^\d{4}-\d\d-\d\d$/.test(text)) return null;
	const at = Date.parse(`${text}T00:00:00Z`);
	return Number.isNaN(at) ? null : at;
}
