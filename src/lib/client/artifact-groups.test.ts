import { describe, expect, it } from 'vitest';
import type { Artifact, RunArtifacts } from '$lib/domain/artifact';
import {
	countArtifacts,
	groupArtifacts,
	oneWeekLonger,
	runsOlderThan,
	withEvent,
	type ArtifactFilter,
	type RunEntry
} from './artifact-groups';

const now = new Date('2026-11-21T12:00:00Z');
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString();

function artifact(filename: string, over: Partial<Artifact> = {}): Artifact {
	return {
		filename,
		version: 1,
		agent_id: 'writer',
		generated_at: hoursAgo(1),
		size_bytes: 10,
		content_type: 'text/csv',
		sha256: 'a'.repeat(64),
		...over
	};
}

function run(run_id: string, over: Partial<RunArtifacts> = {}): RunEntry {
	return {
		run_id,
		metadata: {
			run_id,
			workflow_id: 'data-profile',
			user_directive: '',
			created_at: hoursAgo(1),
			expires_at: hoursAgo(-160),
			pinned: false,
			status: 'completed',
			artifacts: [],
			refused: [],
			...over
		}
	};
}

const all: ArtifactFilter = { scope: 'all', sort: 'date', query: '' };
const names = (
	entries: RunEntry[],
	filter: Partial<ArtifactFilter>,
	current: string | null = null
) =>
	groupArtifacts(entries, { ...all, ...filter }, current, now).map((group) => [
		group.run.run_id,
		...group.rows.map((row) => row.latest.filename)
	]);

describe('groupArtifacts', () => {
	it('shows runs newest first and leaves out runs without files', () => {
		const entries = [
			run('old', { created_at: hoursAgo(30), artifacts: [artifact('a.csv')] }),
			run('empty'),
			run('new', { artifacts: [artifact('b.csv')] })
		];
		expect(names(entries, {})).toEqual([
			['new', 'b.csv'],
			['old', 'a.csv']
		]);
	});

	it('R26 puts versions of one name into one row with the newest first', () => {
		const entries = [
			run('r', {
				artifacts: [
					artifact('a.csv'),
					artifact('a.csv', { version: 3 }),
					artifact('a.csv', { version: 2 })
				]
			})
		];
		const row = groupArtifacts(entries, all, null, now)[0]?.rows[0];
		expect(row?.latest.version).toBe(3);
		expect(row?.older.map((a) => a.version)).toEqual([2, 1]);
		expect(countArtifacts(entries)).toBe(1);
	});

	it('narrows to the current run, and to nothing without one', () => {
		const entries = [
			run('a', { artifacts: [artifact('a.csv')] }),
			run('b', { artifacts: [artifact('b.csv')] })
		];
		expect(names(entries, { scope: 'current' }, 'b')).toEqual([['b', 'b.csv']]);
		expect(names(entries, { scope: 'current' })).toEqual([]);
	});

	it('narrows to files of the last 24 hours', () => {
		const entries = [
			run('r', {
				artifacts: [
					artifact('new.csv', { generated_at: hoursAgo(23) }),
					artifact('old.csv', { generated_at: hoursAgo(25) })
				]
			})
		];
		expect(names(entries, { scope: 'day' })).toEqual([['r', 'new.csv']]);
	});

	it('sorts by date, by agent and by type', () => {
		const entries = [
			run('r', {
				artifacts: [
					artifact('t.csv', { agent_id: 'b', generated_at: hoursAgo(3) }),
					artifact('p.png', {
						agent_id: 'c',
						content_type: 'image/png',
						generated_at: hoursAgo(1)
					}),
					artifact('r.md', {
						agent_id: 'a',
						content_type: 'text/markdown',
						generated_at: hoursAgo(2)
					})
				]
			})
		];
		expect(names(entries, { sort: 'date' })[0]).toEqual(['r', 'p.png', 'r.md', 't.csv']);
		expect(names(entries, { sort: 'agent' })[0]).toEqual(['r', 'r.md', 't.csv', 'p.png']);
		expect(names(entries, { sort: 'type' })[0]).toEqual(['r', 'r.md', 'p.png', 't.csv']);
	});

	it('searches names, agents and directives, all words together', () => {
		const entries = [
			run('a', {
				user_directive: 'Why do people churn?',
				artifacts: [artifact('report.md'), artifact('x.csv')]
			}),
			run('b', {
				artifacts: [artifact('Churn.PNG', { agent_id: 'charts' }), artifact('other.csv')]
			})
		];
		expect(names(entries, { query: 'churn' })).toEqual([
			['a', 'report.md', 'x.csv'],
			['b', 'Churn.PNG']
		]);
		expect(names(entries, { query: 'churn REPORT' })).toEqual([['a', 'report.md']]);
	});

	it('R29 hides a run from the moment it expires, unless it is pinned', () => {
		const artifacts = [artifact('a.csv')];
		const entries = [
			run('gone', { expires_at: now.toISOString(), artifacts }),
			run('kept', { expires_at: now.toISOString(), pinned: true, artifacts })
		];
		expect(names(entries, {}).map(([id]) => id)).toEqual(['kept']);
	});

	it('gives red before green before yellow', () => {
		const dots = groupArtifacts(
			[
				run('expiring', { expires_at: hoursAgo(-2), artifacts: [artifact('a')] }),
				run('young', { artifacts: [artifact('a')] }),
				run('old', {
					artifacts: [artifact('a', { generated_at: hoursAgo(50) })],
					created_at: hoursAgo(50)
				})
			],
			all,
			'expiring',
			now
		).map((group) => [group.run.run_id, group.rows[0]?.dot]);
		expect(Object.fromEntries(dots)).toEqual({ expiring: 'red', young: 'yellow', old: 'none' });
	});

	it('R24 shows refused files, also of a run that kept nothing', () => {
		const refused = [
			{ filename: 'big.bin', agent_id: 'w', code: 'too_large', message: 'Too big.' }
		];
		expect(groupArtifacts([run('r', { refused })], all, null, now)[0]?.refused).toEqual(refused);
	});
});

describe('withEvent', () => {
	const frame = { seq: 1, run_id: 'r', at: now.toISOString(), agent_id: 'writer' };

	it('adds an artifact once, however often its event comes', () => {
		const event = { ...frame, type: 'artifact_collected' as const, data: artifact('a.csv') };
		const twice = withEvent(withEvent([], event), event);
		expect(twice).toHaveLength(1);
		expect(twice[0]?.metadata.artifacts).toEqual([event.data]);
	});

	it('takes over what the run is about when it starts', () => {
		const started = withEvent([], {
			...frame,
			type: 'run_started',
			data: {
				workflow_id: 'w',
				name: 'W',
				user_directive: 'Look',
				attached_files: [],
				agents: [],
				resumed: false
			}
		});
		expect(started[0]?.metadata).toMatchObject({ user_directive: 'Look', status: 'running' });
	});

	it('is the same list after an event that concerns no artifact', () => {
		const entries: RunEntry[] = [];
		expect(withEvent(entries, { ...frame, type: 'text_delta', data: { turn: 1, text: 'x' } })).toBe(
			entries
		);
	});
});

it('R30 "older than" spares active, pinned and younger runs', () => {
	const created_at = hoursAgo(50);
	const entries = [
		run('old', { created_at }),
		run('pinned', { created_at, pinned: true }),
		run('active', { created_at, expires_at: null }),
		run('young')
	];
	expect(runsOlderThan(entries, 48, now)).toEqual(['old']);
});

it('R30 extends by a week from the expiry, or from now when that has passed', () => {
	expect(oneWeekLonger({ expires_at: '2026-11-25T12:00:00Z' }, now)).toBe(
		'2026-12-02T12:00:00.000Z'
	);
	expect(oneWeekLonger({ expires_at: '2026-11-20T12:00:00Z' }, now)).toBe(
		'2026-11-28T12:00:00.000Z'
	);
});
