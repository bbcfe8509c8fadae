import { expect, it } from 'vitest';
import { chunksOf } from './block-window';
import type { Block } from './transcript';

const blocks = Array.from({ length: 45 }, (_, n): Block => ({
	kind: 'log',
	seq: 10 + 2 * n,
	level: 'info',
	message: `${n}`,
	at: ''
}));

it('chunks hold every block once, know where they end, and only the first are drawn early', () => {
	const chunks = chunksOf(blocks, 50);
	expect(chunks.flatMap((chunk) => chunk.blocks)).toEqual(blocks);
	expect(chunks.map(({ seq, end }) => [seq, end])).toEqual([
		[10, 50],
		[50, 90],
		[90, Infinity]
	]);
	expect(chunks.map(({ early }) => early)).toEqual([true, true, false]);
	expect(chunksOf([], 0)).toEqual([]);
});
