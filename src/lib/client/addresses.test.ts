import { expect, it } from 'vitest';
import { consoleUrl } from './addresses';

it('takes along to the console what the next run is to be', () => {
	expect(consoleUrl({ directive: '', attached: [] })).toBe('/');
	expect(consoleUrl({ workflow: 'w', directive: '', attached: [] })).toBe('/?workflow=w');
	const address = consoleUrl({ workflow: 'w', directive: 'a&b?', attached: ['ü.csv', '2.csv'] });
	const query = new URL(address ?? '', 'http://x').searchParams;
	expect(query.get('directive')).toBe('a&b?');
	expect(query.getAll('attach')).toEqual(['ü.csv', '2.csv']);
});

it('says when that is too much for an address', () => {
	expect(consoleUrl({ directive: 'long '.repeat(2000), attached: [] })).toBeNull();
});
