import { expect, test } from 'vitest';
import { createFairQueue } from './fair-queue';

interface Item {
	owner: string;
	n: number;
}

function open(limit: number, perOwner: number) {
	const begun: string[] = [];
	const queue = createFairQueue<Item>({
		limit,
		perOwner,
		ownerOf: (item) => item.owner,
		keyOf: ({ owner, n }) => `${owner}${n}`,
		begin: ({ owner, n }) => void begun.push(`${owner}${n}`)
	});
	return { queue, begun };
}

test('owners take turns, first in first out for each', () => {
	const { queue, begun } = open(1, 1);
	for (const n of [1, 2, 3]) queue.push({ owner: 'a', n });
	for (const n of [1, 2]) queue.push({ owner: 'b', n });
	queue.push({ owner: 'c', n: 1 });
	for (let i = 0; i < 6; i += 1) {
		const last = begun.at(-1) ?? '';
		queue.done({ owner: last.charAt(0), n: Number(last.charAt(1)) });
	}
	expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2']);
});

test('an owner at its limit leaves the place to others', () => {
	const { queue, begun } = open(3, 2);
	for (const n of [1, 2, 3]) queue.push({ owner: 'a', n });
	queue.push({ owner: 'b', n: 1 });
	expect(begun).toEqual(['a1', 'a2', 'b1']);
});

test('what waits or goes on already is not taken in again', () => {
	const { queue, begun } = open(1, 1);
	queue.push({ owner: 'a', n: 1 });
	queue.push({ owner: 'a', n: 1 });
	queue.done({ owner: 'a', n: 1 });
	queue.done({ owner: 'a', n: 1 });
	queue.push({ owner: 'b', n: 1 });
	queue.push({ owner: 'b', n: 2 });
	expect(begun).toEqual(['a1', 'b1']);
});

test('what is removed never begins, and what occupies counts', () => {
	const { queue, begun } = open(1, 1);
	queue.occupy({ owner: 'a', n: 1 });
	queue.push({ owner: 'b', n: 1 });
	queue.push({ owner: 'c', n: 1 });
	queue.remove((item) => item.owner === 'b');
	expect(begun).toEqual([]);
	queue.done({ owner: 'a', n: 1 });
	expect(begun).toEqual(['c1']);
});
