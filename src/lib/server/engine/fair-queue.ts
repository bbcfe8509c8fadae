/** Starts waiting items as places become free, owner after owner, first in first out for each. */
export interface FairQueue<T> {
	/** Does nothing when an item of this key is waiting or going on already. */
	push(item: T): void;
	/** Takes a place at once, also beyond the limits: for what was going on before a restart. */
	occupy(item: T): void;
	/** Gives the place back. */
	done(item: T): void;
	/** Takes waiting items out, and returns them. */
	remove(unwanted: (item: T) => boolean): T[];
}

export function createFairQueue<T>(options: {
	/** Items going on at once. */
	limit: number;
	perOwner: number;
	ownerOf(item: T): string;
	keyOf(item: T): string;
	/** An item got its place; keeps it until `done`. Must not throw. */
	begin(item: T): void;
}): FairQueue<T> {
	const { limit, perOwner, ownerOf, keyOf, begin } = options;
	/** In the order of turns: the owner who was served goes to the end. */
	const waiting = new Map<string, T[]>();
	const active = new Map<string, number>();
	const keys = new Set<string>();
	let going = 0;

	function take(owner: string): void {
		going += 1;
		active.set(owner, (active.get(owner) ?? 0) + 1);
	}

	function next(): T | null {
		for (const [owner, items] of waiting) {
			if ((active.get(owner) ?? 0) >= perOwner) continue;
			const item = items.shift();
			waiting.delete(owner);
			if (items.length > 0) waiting.set(owner, items);
			if (item === undefined) continue;
			take(owner);
			return item;
		}
		return null;
	}

	function pump(): void {
		while (going < limit) {
			const item = next();
			if (item === null) return;
			begin(item);
		}
	}

	return {
		push(item) {
			if (keys.has(keyOf(item))) return;
			keys.add(keyOf(item));
			const items = waiting.get(ownerOf(item));
			if (items) items.push(item);
			else waiting.set(ownerOf(item), [item]);
			pump();
		},
		occupy(item) {
			if (keys.has(keyOf(item))) return;
			keys.add(keyOf(item));
			take(ownerOf(item));
		},
		done(item) {
			if (!keys.delete(keyOf(item))) return;
			const owner = ownerOf(item);
			going -= 1;
			const left = (active.get(owner) ?? 1) - 1;
			if (left > 0) active.set(owner, left);
			else active.delete(owner);
			pump();
		},
		remove(unwanted) {
			const removed: T[] = [];
			for (const [owner, items] of waiting) {
				const kept: T[] = [];
				for (const item of items) (unwanted(item) ? removed : kept).push(item);
				if (kept.length > 0) waiting.set(owner, kept);
				else waiting.delete(owner);
			}
			for (const item of removed) keys.delete(keyOf(item));
			return removed;
		}
	};
}
