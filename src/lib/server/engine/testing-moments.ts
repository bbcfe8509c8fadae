import type { Db } from '../db/client';
import { mortal, neverMind, until } from './testing';

/** Where in a write unit a process is killed: for `test.each`. */
export const KILLED: [string, boolean][] = [
	['before a write', false],
	['in the middle of a write, which is undone', true]
];

/**
 * Lives the same life again and again, killed at its first write, then at its second, and so on until one
 * is lived to its end. After each, `afterwards` looks at what is left and goes on from there.
 * @param live works on the database it is given; `killed` tells whether its end has come
 */
export async function killAtEveryWrite(
	db: Db,
	midway: boolean,
	live: (db: Db, killed: () => boolean) => Promise<unknown>,
	afterwards: () => Promise<void>
): Promise<void> {
	let survived = false;
	for (let moment = 0; !survived; moment += 1) {
		let writes = 0;
		const life = mortal(db);
		const counting: Db = {
			...life.db,
			write: (unit) => {
				if (writes++ !== moment) return life.db.write(unit);
				if (!midway) life.kill();
				return life.db.write(() => {
					unit();
					life.kill();
					return neverMind();
				});
			}
		};
		void live(counting, () => writes > moment)
			.then(() => (survived = writes <= moment))
			.catch(() => undefined);
		await until(() => writes > moment || survived);
		// What was handed in before has gone its way.
		await db.write(() => undefined);
		await afterwards();
	}
}

/**
 * The same life with its second flush failing, then its third, and so on, as when the disk takes no more.
 * The first one stores the run: that failure is told to who starts it.
 */
export async function failEveryFlush(db: Db, live: (db: Db) => Promise<void>): Promise<void> {
	let survived = false;
	for (let moment = 1; !survived; moment += 1) {
		let writes = 0;
		const flaky: Db = {
			...db,
			write: (unit) => {
				if (writes++ !== moment) return db.write(unit);
				return db.write(() => {
					const result = unit();
					db.raw.exec('rollback');
					return result;
				});
			}
		};
		await live(flaky);
		survived = writes <= moment;
	}
}
