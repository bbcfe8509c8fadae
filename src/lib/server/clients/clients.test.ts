import { describe, expect, test } from 'vitest';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { clients as table } from '../db/schema';
import { openTestDb } from '../db/testing';
import { createClients } from './clients';
import { identify } from './identify';
import { createRateLimit } from './rate-limit';

function setUp() {
	const { db, close } = openTestDb();
	let time = 0;
	const now = () => new Date(time);
	return {
		db,
		close,
		now,
		pass: (ms: number) => (time += ms),
		clients: createClients({ db, now, newId: randomUUID })
	};
}

describe('clients', () => {
	test('R33 a key has 256 random bits and is stored only as a hash', async () => {
		const { db, clients, close } = setUp();
		const { client, key } = await clients.create();
		expect(Buffer.from(key.slice('raro_'.length), 'base64url')).toHaveLength(32);
		expect(clients.findByKey(key)).toEqual(client);
		expect((await clients.create()).key).not.toBe(key);
		db.raw.pragma('wal_checkpoint(TRUNCATE)');
		expect(readFileSync(db.raw.name).includes(key)).toBe(false);
		await close();
	});

	test('R33 the public id is not a key, and nobody can be the public client', async () => {
		const { db, clients, close } = setUp();
		const { client } = await clients.create();
		expect(clients.hasPublic()).toBe(false);
		await db.write(() => clients.insertPublic());
		expect(clients.hasPublic()).toBe(true);
		for (const guess of [client.id, 'public', '', 'null'])
			expect(clients.findByKey(guess)).toBeNull();
		await close();
	});

	test('a removed client is nobody', async () => {
		const { clients, close } = setUp();
		const { client, key } = await clients.create();
		await clients.remove(client.id);
		expect(clients.findByKey(key)).toBeNull();
		await close();
	});

	test('last_seen_at is written at most once an hour', async () => {
		const { db, clients, pass, close } = setUp();
		const { client } = await clients.create();
		const seen = () => db.q.select().from(table).get()?.lastSeenAt.getTime();
		pass(4_000_000);
		await clients.touch(client.id);
		pass(1000);
		await clients.touch(client.id);
		expect(seen()).toBe(4_000_000);
		pass(3_600_000);
		await clients.touch(client.id);
		expect(seen()).toBe(7_601_000);
		await close();
	});
});

describe('identify', () => {
	test('R33 takes the header or the cookie, and refuses two that differ', async () => {
		const { clients, close } = setUp();
		const a = await clients.create();
		const b = await clients.create();
		const found = { kind: 'client', client: a.client };
		expect(identify(clients, { header: a.key, cookie: undefined })).toEqual(found);
		expect(identify(clients, { header: null, cookie: a.key })).toEqual(found);
		expect(identify(clients, { header: a.key, cookie: a.key })).toEqual(found);
		expect(() => identify(clients, { header: a.key, cookie: b.key })).toThrow(/different clients/);
		await close();
	});

	test('R33 an empty, malformed or unknown key is refused in a header and nobody in a cookie', async () => {
		const { clients, close } = setUp();
		const unknown = `raro_${'A'.repeat(43)}`;
		for (const key of ['', 'x', '../..', unknown]) {
			expect(() => identify(clients, { header: key, cookie: undefined })).toThrow();
			expect(identify(clients, { header: null, cookie: key })).toEqual({ kind: 'unknown' });
		}
		expect(identify(clients, { header: null, cookie: undefined })).toEqual({ kind: 'none' });
		await close();
	});
});

test('the rate limit lets a burst pass, then says how long to wait, for each name apart', () => {
	let time = 0;
	const limit = createRateLimit({ burst: 3, refillMs: 10_000, now: () => new Date(time) });
	expect([limit('a'), limit('a'), limit('a')]).toEqual([0, 0, 0]);
	expect(limit('a')).toBe(10);
	expect(limit('b')).toBe(0);
	time += 10_000;
	expect(limit('a')).toBe(0);
	expect(limit('a')).toBe(10);
});
