import { expect, it } from 'vitest';
import { chunksOf, estimatedHeight } from './block-window';
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

it('a gap stands alone, takes the room of what is missing and leaves the chunks where they are', () => {
	const gap: Block = { kind: 'gap', seq: 50, count: 20, files: [] };
	const missing = [...blocks.slice(0, 20), gap, ...blocks.slice(40)];
	const whole = chunksOf(blocks, 0);
	const outline = chunksOf(missing, 1000, true);
	expect(outline.map(({ seq, end }) => [seq, end])).toEqual(
		whole.map(({ seq, end }) => [seq, end])
	);
	expect(outline[1]?.blocks).toEqual([gap]);
	expect(outline.map(({ early }) => early)).toEqual([true, true, true]);
	expect(estimatedHeight([gap])).toBe(estimatedHeight(blocks.slice(20, 40)));
	const end = [{ ...gap, count: 30 }, ...blocks.slice(30)];
	expect(chunksOf(end, 0).map((chunk) => chunk.blocks.length)).toEqual([1, 10, 5]);
});
