import { createHash, randomBytes } from 'node:crypto';
import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import { PUBLIC_CLIENT, isClientId, type ClientId } from '../../domain/ids';
import type { Db } from '../db/client';
import { clients } from '../db/schema';

/** The owner of files and runs. */
export interface Client {
	id: ClientId;
	createdAt: Date;
}

export interface Clients {
	/** A new client and its key, which is shown to nobody again: only its hash is kept. */
	create(): Promise<{ client: Client; key: string }>;
	findByKey(key: string): Client | null;
	/** Notes that the client was here; at most once an hour. */
	touch(id: ClientId): Promise<void>;
	/** Makes the key worthless; the first half of erasing. */
	revoke(id: ClientId): Promise<void>;
	/** Clients without a key, whose erasing is not finished. */
	revoked(): ClientId[];
	/** Removes the client and, by cascade, all its rows; the files are the caller's. */
	remove(id: ClientId): Promise<void>;
	/** Whether there is the row that owns the shared shelf: false only on a new installation. */
	hasPublic(): boolean;
	/** Makes that row. Inside a write unit, so that the shelf's first files come with it or not at all. */
	insertPublic(): void;
}

/** 256 random bits; the prefix lets people and secret scanners recognise it. */
const KEY = /^raro_[A-Za-z0-9_-]{43}$/;
const TOUCH_MS = 3_600_000;

/** Whether `raw` has the shape of a client key. */
export function isClientKey(raw: string): boolean {
	return KEY.test(raw);
}

export function createClients(deps: { db: Db; now: () => Date; newId: () => string }): Clients {
	const { db, now, newId } = deps;
	const touched = new Map<ClientId, number>();
	const byKeyHash = db.q
		.select({ id: clients.id, createdAt: clients.createdAt })
		.from(clients)
		.where(eq(clients.keyHash, sql.placeholder('hash')))
		.prepare();

	return {
		async create() {
			const key = `raro_${randomBytes(32).toString('base64url')}`;
			const id = newId();
			if (!isClientId(id))
				throw new Error(`newId made ${JSON.stringify(id)}, which is no client id.`);
			const at = now();
			await db.write(() =>
				db.q
					.insert(clients)
					.values({ id, keyHash: hashOf(key), createdAt: at, lastSeenAt: at })
					.run()
			);
			return { client: { id, createdAt: at }, key };
		},
		findByKey(key) {
			if (!isClientKey(key)) return null;
			// Looked up by hash, so the time it takes says nothing about the key.
			const row = byKeyHash.get({ hash: hashOf(key) });
			return row && isClientId(row.id) ? { id: row.id, createdAt: row.createdAt } : null;
		},
		async touch(id) {
			const at = now();
			if (at.getTime() - (touched.get(id) ?? 0) < TOUCH_MS) return;
			touched.set(id, at.getTime());
			await db.write(() =>
				db.q.update(clients).set({ lastSeenAt: at }).where(eq(clients.id, id)).run()
			);
		},
		async revoke(id) {
			await db.write(() =>
				db.q.update(clients).set({ keyHash: null }).where(eq(clients.id, id)).run()
			);
		},
		revoked() {
			const rows = db.q
				.select({ id: clients.id })
				.from(clients)
				.where(and(isNull(clients.keyHash), ne(clients.id, PUBLIC_CLIENT)))
				.all();
			return rows.map((row) => row.id).filter(isClientId);
		},
		async remove(id) {
			touched.delete(id);
			await db.write(() => db.q.delete(clients).where(eq(clients.id, id)).run());
		},
		hasPublic() {
			const row = db.q
				.select({ id: clients.id })
				.from(clients)
				.where(eq(clients.id, PUBLIC_CLIENT))
				.get();
			return row !== undefined;
		},
		insertPublic() {
			const at = now();
			db.q
				.insert(clients)
				.values({ id: PUBLIC_CLIENT, keyHash: null, createdAt: at, lastSeenAt: at })
				.run();
		}
	};
}

function hashOf(key: string): string {
	return createHash('sha256').update(key).digest('hex');
}
