import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { isClientId } from '../../domain/ids';
import { workflowSchema } from '../../domain/workflow';
import { versionTag } from '../../domain/workflow-version';
import { openDb } from '../db/client';
import { clients } from '../db/schema';
import { MIGRATIONS } from '../db/testing';
import { createWorkflows } from './workflows';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'raro-versions-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The migrations as they were before there were versions. */
function migrationsBefore(tag: string): string {
	const copy = path.join(folder, 'drizzle');
	cpSync(MIGRATIONS, copy, { recursive: true });
	const file = path.join(copy, 'meta', '_journal.json');
	const journal = z
		.looseObject({ entries: z.array(z.looseObject({ tag: z.string() })) })
		.parse(JSON.parse(readFileSync(file, 'utf8')));
	const at = journal.entries.findIndex((entry) => entry.tag === tag);
	expect(at).toBeGreaterThan(0);
	const older = { ...journal, entries: journal.entries.slice(0, at) };
	writeFileSync(file, JSON.stringify(older));
	return copy;
}

it('what was stored before there were versions is version 1, and goes on from there', async () => {
	const file = path.join(folder, 'raro.db');
	const [ann, bob] = [randomUUID(), randomUUID()];
	if (!isClientId(ann) || !isClientId(bob)) throw new Error('not a client id');
	const config = (name: string) =>
		workflowSchema.parse({ id: 'churn', name, agents: [{ id: 'reader', prompt: `${name}.` }] });
	const stored = new Date('2026-10-01T12:00:00Z');

	const before = openDb(file, migrationsBefore('0002_versions'));
	const insert = before.raw.prepare(
		'insert into workflows (client_id, id, config, created_at, updated_at) values (?, ?, ?, 0, ?)'
	);
	for (const [id, name] of [
		[ann, 'Ann’s'],
		[bob, 'Bob’s']
	] as const) {
		before.q
			.insert(clients)
			.values({ id, createdAt: new Date(0), lastSeenAt: new Date(0) })
			.run();
		insert.run(id, 'churn', JSON.stringify(config(name)), stored.getTime());
	}
	await before.close();

	const db = openDb(file, MIGRATIONS);
	const workflows = createWorkflows({
		db,
		now: () => new Date(),
		requireRunnable: () => undefined
	});
	expect(await workflows.versions(ann, 'churn')).toEqual([
		{ version: 1, created_at: stored.toISOString(), name: 'Ann’s', agents: 1 }
	]);
	const first = await workflows.version(bob, 'churn', 1);
	expect(first.workflow).toEqual(config('Bob’s'));
	expect(await workflows.get(bob, 'churn')).toEqual(config('Bob’s'));

	const next = await workflows.put(bob, config('Bob’s second'), versionTag(first));
	expect(next.version.version).toBe(2);
	expect(await workflows.versions(ann, 'churn')).toHaveLength(1);
	await db.close();
});
