import { describe, expect, it } from 'vitest';
import { excerptKindOf, readExcerpt } from './excerpt';
import { textSource } from './text-source';

const sourceOf = (text: string) => textSource(new Blob([text]).stream());

describe('an excerpt', () => {
	it('fits the type of the file, and there is none of what cannot be shown small', () => {
		const kind = (content_type: string, size_bytes = 1) =>
			excerptKindOf({ content_type, size_bytes });
		expect(kind('image/png')).toBe('image');
		expect(kind('image/svg+xml')).toBe('svg');
		expect(kind('text/csv')).toBe('table');
		expect(kind('text/markdown')).toBe('markdown');
		expect(kind('application/json')).toBe('text');
		expect(kind('text/html')).toBe('html');
		expect(kind('text/html', 2_000_000)).toBeNull();
		expect(kind('application/pdf')).toBeNull();
		expect(kind('text/csv', 0)).toBeNull();
	});

	it('of a table is its first rows and columns', async () => {
		const lines = Array.from({ length: 50 }, (_, n) => `${n},"a, ""b""",c,d,e,f,g`);
		const excerpt = await readExcerpt(
			sourceOf(`n,text,c,d,e,f,g\n${lines.join('\n')}`),
			'table',
			'text/csv'
		);
		expect(excerpt).toEqual({
			kind: 'table',
			columns: ['n', 'text', 'c', 'd', 'e', 'f'],
			rows: Array.from({ length: 6 }, (_, n) => [String(n), 'a, "b"', 'c', 'd', 'e', 'f']),
			numeric: [true, false, false, false, false, false]
		});
	});

	it('of a text is its first lines, none of them endless', async () => {
		const excerpt = await readExcerpt(
			sourceOf(`${'x'.repeat(500)}\n${'short\n'.repeat(100)}`),
			'text',
			'text/plain'
		);
		if (excerpt.kind !== 'text') throw new Error('no text');
		const lines = excerpt.text.split('\n');
		expect(lines).toHaveLength(12);
		expect(lines[0]).toHaveLength(161);
		expect(lines[1]).toBe('short');
	});

	it('transfers only the beginning', async () => {
		let asked = 0;
		const endless = new ReadableStream<Uint8Array>({
			pull(controller) {
				asked += 1;
				controller.enqueue(new TextEncoder().encode('line of text\n'.repeat(100)));
			}
		});
		await readExcerpt(textSource(endless), 'markdown', 'text/markdown');
		expect(asked).toBeLessThan(30);
	});
});
