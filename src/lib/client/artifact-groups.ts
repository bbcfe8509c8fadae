import type { Artifact, RefusedArtifact, RunArtifacts, StatusDot } from '$lib/domain/artifact';
import { isExpired, statusDotOf } from '$lib/domain/artifact';
import { typeGroupOf } from '$lib/domain/media-type';
import type { RunEvent } from '$lib/domain/run-event';

/** A run with its artifacts, as the API lists it. */
export interface RunEntry {
	run_id: string;
	metadata: RunArtifacts;
}

export type Scope = 'all' | 'current' | 'day';
export type SortBy = 'date' | 'agent' | 'type';

export interface ArtifactFilter {
	scope: Scope;
	sort: SortBy;
	query: string;
}

/** One name of a run: its newest version, the older ones newest first. */
export interface ArtifactRow {
	latest: Artifact;
	older: Artifact[];
	dot: StatusDot;
}

export interface ArtifactGroup {
	run: RunArtifacts;
	rows: ArtifactRow[];
	refused: RefusedArtifact[];
}

const DAY_MS = 86_400_000;
const TYPE_ORDER = ['document', 'image', 'table', 'data', 'code', 'other'];

/** Whether two names come in this order for a reader; digits count as numbers. */
const { compare } = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/**
 * What the rail shows: runs newest first, each with the rows that pass the filter in the chosen
 * order. Runs of which nothing passes, and runs that have expired meanwhile, are left out.
 */
export function groupArtifacts(
	entries: readonly RunEntry[],
	filter: ArtifactFilter,
	currentRunId: string | null,
	now: Date
): ArtifactGroup[] {
	const words = filter.query.toLowerCase().split(/\s+/).filter(Boolean);
	return entries
		.map(({ metadata }) => metadata)
		.filter((run) => filter.scope !== 'current' || run.run_id === currentRunId)
		.filter((run) => !hasExpired(run, now))
		.sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at))
		.map((run) => groupOf(run, filter, words, currentRunId, now))
		.filter((group) => group.rows.length > 0 || group.refused.length > 0);
}

function hasExpired(run: RunArtifacts, now: Date): boolean {
	return isExpired(run.expires_at === null ? null : new Date(run.expires_at), run.pinned, now);
}

function groupOf(
	run: RunArtifacts,
	filter: ArtifactFilter,
	words: string[],
	currentRunId: string | null,
	now: Date
): ArtifactGroup {
	const about = `${run.run_id} ${run.user_directive} ${run.workflow_id}`.toLowerCase();
	const matches = (item: { filename: string; agent_id: string }) => {
		const text = `${item.filename} ${item.agent_id} ${about}`.toLowerCase();
		return words.every((word) => text.includes(word));
	};
	const isYoung = (at: string) => filter.scope !== 'day' || now.getTime() - Date.parse(at) < DAY_MS;
	return {
		run,
		rows: rowsOf(run.artifacts)
			.filter(({ latest }) => matches(latest) && isYoung(latest.generated_at))
			.sort(order[filter.sort])
			.map((row) => ({ ...row, dot: statusDotOf(run, row.latest, currentRunId, now) })),
		refused: run.refused.filter((item) => matches(item) && isYoung(run.created_at))
	};
}

/** Puts the versions of each name together. */
export function rowsOf(artifacts: readonly Artifact[]): Omit<ArtifactRow, 'dot'>[] {
	const byName = new Map<string, Artifact[]>();
	for (const artifact of artifacts) {
		const versions = byName.get(artifact.filename);
		if (versions) versions.push(artifact);
		else byName.set(artifact.filename, [artifact]);
	}
	return [...byName.values()].flatMap((versions) => {
		const [latest, ...older] = versions.toSorted((a, b) => b.version - a.version);
		return latest ? [{ latest, older }] : [];
	});
}

type Order = (a: Pick<ArtifactRow, 'latest'>, b: Pick<ArtifactRow, 'latest'>) => number;

const byDate: Order = (a, b) =>
	Date.parse(b.latest.generated_at) - Date.parse(a.latest.generated_at) ||
	compare(a.latest.filename, b.latest.filename);

const order: Record<SortBy, Order> = {
	date: byDate,
	agent: (a, b) => compare(a.latest.agent_id, b.latest.agent_id) || byDate(a, b),
	type: (a, b) =>
		typeRank(a.latest) - typeRank(b.latest) || compare(a.latest.filename, b.latest.filename)
};

function typeRank(artifact: Artifact): number {
	return TYPE_ORDER.indexOf(typeGroupOf(artifact.content_type));
}

/** How many files these runs hold; the versions of one name count once. */
export function countArtifacts(entries: readonly RunEntry[]): number {
	return entries.reduce(
		(sum, { metadata }) => sum + new Set(metadata.artifacts.map((a) => a.filename)).size,
		0
	);
}

/** The ids of the runs that "older than" would clear: never active or pinned ones. */
export function runsOlderThan(entries: readonly RunEntry[], hours: number, now: Date): string[] {
	return entries
		.filter(({ metadata: run }) => !run.pinned && run.expires_at !== null)
		.filter(({ metadata: run }) => now.getTime() - Date.parse(run.created_at) > hours * 3_600_000)
		.map((entry) => entry.run_id);
}

/** Until when a run is kept if it is kept a week longer than it would be, counted from now at least. */
export function oneWeekLonger(run: Pick<RunArtifacts, 'expires_at'>, now: Date): string {
	const expiry = run.expires_at === null ? 0 : Date.parse(run.expires_at);
	return new Date(Math.max(now.getTime(), expiry) + 7 * DAY_MS).toISOString();
}

/** The same runs after one event of a run's log; the very same array when it changes nothing here. */
export function withEvent(entries: readonly RunEntry[], event: RunEvent): readonly RunEntry[] {
	switch (event.type) {
		case 'run_started':
			return change(entries, event, (run) => ({
				...run,
				workflow_id: event.data.workflow_id,
				user_directive: event.data.user_directive,
				status: 'running',
				expires_at: null
			}));
		case 'artifact_collected':
			return change(entries, event, (run) => ({
				...run,
				artifacts: [event.data, ...run.artifacts.filter((a) => !isSame(a, event.data))]
			}));
		case 'artifact_refused': {
			const refused = { ...event.data, agent_id: event.agent_id ?? '' };
			return change(entries, event, (run) => ({
				...run,
				refused: [...run.refused.filter((r) => !isSameRefusal(r, refused)), refused]
			}));
		}
		case 'run_finished':
			return change(entries, event, (run) => ({ ...run, status: event.data.status }));
		default:
			return entries;
	}
}

function isSame(a: Artifact, b: Artifact): boolean {
	return a.filename === b.filename && a.version === b.version;
}

function isSameRefusal(a: RefusedArtifact, b: RefusedArtifact): boolean {
	return a.filename === b.filename && a.agent_id === b.agent_id && a.message === b.message;
}

function change(
	entries: readonly RunEntry[],
	event: RunEvent,
	to: (run: RunArtifacts) => RunArtifacts
): RunEntry[] {
	const { run_id, at } = event;
	if (entries.some((entry) => entry.run_id === run_id))
		return entries.map((entry) =>
			entry.run_id === run_id ? { run_id, metadata: to(entry.metadata) } : entry
		);
	const unknown: RunArtifacts = {
		run_id,
		workflow_id: '',
		user_directive: '',
		created_at: at,
		expires_at: null,
		pinned: false,
		status: 'running',
		artifacts: [],
		refused: []
	};
	return [{ run_id, metadata: to(unknown) }, ...entries];
}
