import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DomainError } from '../../domain/errors';
import { graphProblems } from '../../domain/graph';
import { isClientId, type ClientId } from '../../domain/ids';
import { workflowSchema } from '../../domain/workflow';
import { versionTag } from '../../domain/workflow-version';
import { clients, workflows as stored } from '../db/schema';
import { openTestDb } from '../db/testing';
import { MAX_VERSIONS, MAX_VERSIONS_BYTES } from './versions';
import { createWorkflows } from './workflows';

const opened = openTestDb();
let clock = Date.parse('2026-11-21T12:00:00Z');
const workflows = createWorkflows({
	db: opened.db,
	now: () => new Date((clock += 1)),
	requireRunnable(agents) {
		if (agents.some(({ model }) => model === 'openai:none'))
			throw new DomainError('invalid', 'No such model.');
	}
});
let ann: ClientId;
let bob: ClientId;

async function addClient(): Promise<ClientId> {
	const id = randomUUID();
	if (!isClientId(id)) throw new Error('not a client id');
	const row = { id, createdAt: new Date(), lastSeenAt: new Date() };
	await opened.db.write(() => opened.db.q.insert(clients).values(row).run());
	return id;
}

const own = (id: string, name = id) =>
	workflowSchema.parse({ id, name, agents: [{ id: 'a', prompt: 'Do it.' }] });

beforeAll(async () => {
	ann = await addClient();
	bob = await addClient();
});
afterAll(() => opened.close());

describe('starter workflows', () => {
	it('R12 are valid and runnable graphs', async () => {
		for (const starter of await workflows.list(ann)) {
			expect(workflowSchema.parse(starter)).toEqual(starter);
			expect(graphProblems(starter.agents)).toEqual([]);
		}
	});

	it('offer data-profile: profiler, then charts and quality side by side, then writer', async () => {
		const workflow = await workflows.get(ann, 'data-profile');
		expect(workflow?.agents.map(({ id, depends_on }) => [id, depends_on])).toEqual([
			['profiler', []],
			['charts', ['profiler']],
			['quality', ['profiler']],
			['writer', ['charts', 'quality']]
		]);
	});

	it('cannot be changed by who reads them, and an unknown id is null', async () => {
		(await workflows.list(ann))[0]?.agents.pop();
		expect((await workflows.list(ann))[0]?.agents).toHaveLength(4);
		expect(await workflows.get(ann, 'nothing')).toBeNull();
	});

	it('cannot be replaced or removed', async () => {
		await expect(workflows.put(ann, own('data-profile'))).rejects.toThrow(/comes with Raro/);
		await expect(workflows.remove(ann, 'data-profile')).rejects.toThrow(/comes with Raro/);
	});
});

describe('stored workflows', () => {
	it('R34 are listed after the starters, and only for who stored them', async () => {
		expect(await workflows.put(ann, own('mine', 'Zebra'))).toMatchObject({ done: 'created' });
		expect(await workflows.put(ann, own('also-mine', 'Ant'))).toMatchObject({ done: 'created' });
		const ids = (await workflows.list(ann)).map(({ id }) => id);
		expect(ids.slice(-2)).toEqual(['also-mine', 'mine']);
		expect(ids[0]).toBe('data-profile');
		const names = (await workflows.list(ann)).map(({ id, name }) => ({ id, name }));
		expect(await workflows.names(ann)).toEqual(names);
		expect((await workflows.names(bob)).map(({ id }) => id)).not.toContain('mine');
		expect(await workflows.get(bob, 'mine')).toBeNull();
		expect((await workflows.list(bob)).map(({ id }) => id)).not.toContain('mine');
		await expect(workflows.remove(bob, 'mine')).rejects.toMatchObject({ code: 'not_found' });
	});

	it('are not stored when they could not be run', async () => {
		const agents = workflowSchema.shape.agents.parse([
			{ id: 'a', prompt: 'Do it.', model: 'openai:none' }
		]);
		const put = workflows.put(ann, { ...own('broken'), agents });
		await expect(put).rejects.toMatchObject({ code: 'invalid' });
		expect(await workflows.get(ann, 'broken')).toBeNull();
	});

	it('are not stored as "new", where no page could show them; one of before can be removed', async () => {
		await expect(workflows.put(ann, own('new'))).rejects.toMatchObject({
			code: 'invalid',
			message: expect.stringContaining('"new"'),
			details: [{ workflow_id: 'new', problem: 'reserved_id' }]
		});
		await expect(workflows.remove(ann, 'new')).rejects.toMatchObject({ code: 'not_found' });
		const at = new Date();
		const row = { clientId: ann, id: 'new', config: own('new'), createdAt: at, updatedAt: at };
		await opened.db.write(() => opened.db.q.insert(stored).values(row).run());
		await workflows.remove(ann, 'new');
		expect(await workflows.get(ann, 'new')).toBeNull();
	});

	it('are replaced under their id, and gone when removed', async () => {
		await workflows.put(ann, own('changing', 'Before'));
		const put = await workflows.put(ann, own('changing', 'After'));
		expect(put).toMatchObject({ done: 'replaced', version: { version: 2 } });
		expect((await workflows.get(ann, 'changing'))?.name).toBe('After');
		await workflows.remove(ann, 'changing');
		expect(await workflows.get(ann, 'changing')).toBeNull();
		await expect(workflows.remove(ann, 'changing')).rejects.toMatchObject({ code: 'not_found' });
	});
});

describe('versions of a stored workflow', () => {
	const numbers = async (id: string) =>
		(await workflows.versions(ann, id)).map(({ version, name }) => [version, name]);

	it('are made by what changes something, newest first, and can be put back', async () => {
		await workflows.put(ann, own('kept', 'One'));
		await workflows.put(ann, own('kept', 'Two'));
		await workflows.put(ann, own('kept', 'Two'));
		expect(await numbers('kept')).toEqual([
			[2, 'Two'],
			[1, 'One']
		]);
		const first = await workflows.version(ann, 'kept', 1);
		expect(first.workflow).toEqual(own('kept', 'One'));
		await workflows.put(ann, first.workflow);
		expect((await numbers('kept'))[0]).toEqual([3, 'One']);
	});

	it('are only for who stored them, and go with the workflow', async () => {
		await workflows.put(ann, own('private'));
		await expect(workflows.versions(bob, 'private')).rejects.toMatchObject({ code: 'not_found' });
		await expect(workflows.version(bob, 'private', 1)).rejects.toMatchObject({ code: 'not_found' });
		await workflows.remove(ann, 'private');
		await expect(workflows.version(ann, 'private', 1)).rejects.toMatchObject({ code: 'not_found' });
		await workflows.put(ann, own('private', 'Again'));
		expect(await numbers('private')).toEqual([[1, 'Again']]);
	});

	it(`are the newest ${MAX_VERSIONS}; a starter has none`, async () => {
		for (let n = 1; n <= MAX_VERSIONS + 2; n++) await workflows.put(ann, own('busy', `Name ${n}`));
		const kept = await numbers('busy');
		expect(kept).toHaveLength(MAX_VERSIONS);
		expect(kept.at(-1)).toEqual([3, 'Name 3']);
		expect(await workflows.versions(ann, 'data-profile')).toEqual([]);
	});

	it('are fewer when they take more than 8 MiB in sum, but always the newest', async () => {
		/** `é` is two bytes: what is measured is what the database keeps. */
		const putOf = (name: string, bytes: number) => {
			const agent = { ...own('large').agents[0], prompt: 'é'.repeat(25_000) };
			const agents = Array.from({ length: bytes / 50_000 }, (_, n) => ({ ...agent, id: `a${n}` }));
			return workflows.put(ann, workflowSchema.parse({ ...own('large', name), agents }));
		};
		for (let n = 1; n <= 10; n++) await putOf(`Name ${n}`, 1_000_000);
		expect(await numbers('large')).toEqual(
			Array.from({ length: 8 }, (_, n) => [10 - n, `Name ${10 - n}`])
		);
		await expect(workflows.version(ann, 'large', 2)).rejects.toMatchObject({ code: 'not_found' });
		expect((await workflows.versions(ann, 'large'))[0]?.agents).toBe(20);

		await putOf('Too much', 200 * 50_000);
		expect(200 * 50_000).toBeGreaterThan(MAX_VERSIONS_BYTES);
		expect(await numbers('large')).toEqual([[11, 'Too much']]);
		await putOf('Less', 50_000);
		expect(await numbers('large')).toEqual([[12, 'Less']]);
	});

	it('are listed without being read whole', async () => {
		await workflows.put(ann, own('listed', 'One'));
		await workflows.put(ann, own('listed', 'Two'));
		// As one of an older release, which this one could not restore, may be.
		const outdate = `update workflow_versions set config = json_remove(config, '$.agents[0].prompt')
			where workflow_id = 'listed' and version = 1`;
		await opened.db.write(() => opened.db.raw.prepare(outdate).run());
		await expect(workflows.version(ann, 'listed', 1)).rejects.toThrow();
		expect(await workflows.versions(ann, 'listed')).toMatchObject([
			{ version: 2, name: 'Two', agents: 1 },
			{ version: 1, name: 'One', agents: 1 }
		]);
	});
});

describe('a workflow that is put over a certain version', () => {
	const putTag = async (id: string, name: string, over?: string | null) =>
		versionTag((await workflows.put(ann, own(id, name), over)).version);

	it('replaces that one and nothing newer; what was refused changed nothing', async () => {
		const first = await putTag('shared', 'One', null);
		const second = await putTag('shared', 'Two', first);
		await expect(workflows.put(ann, own('shared', 'Mine'), first)).rejects.toMatchObject({
			code: 'conflict',
			message: expect.stringContaining('Version 2'),
			details: [{ workflow_id: 'shared', problem: 'changed_meanwhile', version: 2 }]
		});
		expect((await workflows.newest(ann, 'shared'))?.workflow.name).toBe('Two');
		expect(await workflows.versions(ann, 'shared')).toHaveLength(2);
		expect(await putTag('shared', 'Mine', second)).toMatch(/^3-/);
	});

	it('is no conflict when it is what is stored already: the answer may have been lost', async () => {
		const first = await putTag('twice', 'One', null);
		const second = await putTag('twice', 'Two', first);
		expect(await putTag('twice', 'Two', first)).toBe(second);
		expect(await putTag('twice', 'Two', null)).toBe(second);
		expect(await workflows.versions(ann, 'twice')).toHaveLength(2);
	});

	it('is not stored over one that came, went, or came again under the same id', async () => {
		const first = await putTag('reborn', 'One');
		await expect(workflows.put(ann, own('reborn', 'New'), null)).rejects.toThrow(/already/);
		await workflows.remove(ann, 'reborn');
		await expect(workflows.put(ann, own('reborn', 'Two'), first)).rejects.toThrow(/deleted/);
		await putTag('reborn', 'Another');
		await expect(workflows.put(ann, own('reborn', 'Two'), first)).rejects.toThrow(/Version 1/);
	});

	it('replaces whatever there is when it names none', async () => {
		await putTag('loose', 'One');
		await putTag('loose', 'Two');
		expect((await workflows.newest(ann, 'loose'))?.version).toBe(2);
	});
});
