import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { openTestDb } from '../db/testing';
import { createClients } from './clients';
import { createErase } from './erase';

test('erasing starts with the key, goes on after a crash, and spares everybody else', async () => {
	const { db, close } = openTestDb();
	const clients = createClients({ db, now: () => new Date(0), newId: randomUUID });
	await db.write(() => clients.insertPublic());
	const ann = await clients.create();
	const ben = await clients.create();
	const done: string[] = [];
	let crash = true;
	const erasing = createErase({
		clients,
		async stopRuns(client) {
			expect(client).toBe(ann.client.id);
			expect(clients.findByKey(ann.key)).toBeNull();
			done.push('stopped');
		},
		async removeRuns() {
			if (crash) throw new Error('power cut');
			done.push('runs');
		},
		async removeFolders() {
			done.push('folders');
		}
	});
	await expect(erasing.erase(ann.client.id)).rejects.toThrow('power cut');
	expect(clients.findByKey(ann.key)).toBeNull();
	crash = false;
	await erasing.finish();
	await erasing.finish();
	expect(done).toEqual(['stopped', 'stopped', 'runs', 'folders']);
	expect(clients.revoked()).toEqual([]);
	expect(clients.findByKey(ben.key)).toEqual(ben.client);
	await close();
});
