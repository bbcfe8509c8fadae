import { describe, expect, it } from 'vitest';
import { textBlocks } from './text-blocks';

describe('the blocks of a text', () => {
	it('are one where no line is long', () => {
		const text = 'one\n\n  two\n'.repeat(1000);
		expect(textBlocks(text)).toEqual([{ text, wraps: false }]);
		expect(textBlocks('')).toEqual([]);
	});

	it('cut a long line and lose nothing of it', () => {
		const line = Array.from({ length: 9000 }, (_, n) => `${n},`).join('');
		const blocks = textBlocks(line);
		expect(blocks.length).toBeGreaterThan(3);
		expect(blocks.every(({ text, wraps }) => wraps && text.length <= 10_000)).toBe(true);
		expect(blocks.map(({ text }) => text).join('')).toBe(line);
	});

	it('leave the lines around a long one as they are', () => {
		const long = 'x'.repeat(6000);
		expect(textBlocks(`a\nb\n${long}\n\nc\n`)).toEqual([
			{ text: 'a\nb', wraps: false },
			{ text: long, wraps: true },
			{ text: '\nc\n', wraps: false }
		]);
	});
});
