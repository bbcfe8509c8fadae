import { expect, it } from 'vitest';
import { replaces } from './precondition';

const of = (headers: Record<string, string>) => replaces(new Request('http://x', { headers }));

it('a request names what it replaces, nothing at all, or does not say', () => {
	expect(of({})).toBeUndefined();
	expect(of({ 'if-match': '"3-abc"' })).toBe('3-abc');
	expect(of({ 'if-match': 'W/"3-abc"' })).toBe('3-abc');
	expect(of({ 'if-none-match': '*' })).toBeNull();
});

it('what it does not understand it refuses: to ignore it would lose what it was to protect', () => {
	const refused: Record<string, string>[] = [
		{ 'if-match': '*' },
		{ 'if-match': '3-abc' },
		{ 'if-match': '"a", "b"' },
		{ 'if-none-match': '"3-abc"' },
		{ 'if-match': '"3-abc"', 'if-none-match': '*' }
	];
	for (const headers of refused)
		expect(() => of(headers), JSON.stringify(headers)).toThrow(/If-Match/);
});
