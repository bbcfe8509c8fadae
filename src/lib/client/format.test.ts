import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration, formatTime, plural, relativeTime } from './format';

const NOW = new Date('2026-11-21T12:00:00Z');

describe('format', () => {
	it.each([
		[0, '0 B'],
		[1023, '1023 B'],
		[1024, '1 KB'],
		[1536, '1.5 KB'],
		[1024 ** 2 - 1, '1 MB'],
		[250 * 1024 ** 2, '250 MB'],
		[10 * 1024 ** 3, '10 GB']
	])('writes %d bytes as %s', (bytes, text) => {
		expect(formatBytes(bytes)).toBe(text);
	});

	it.each([
		['2026-11-21T11:59:30Z', 'just now'],
		['2026-11-21T11:57:00Z', '3 minutes ago'],
		['2026-11-21T09:00:00Z', '3 hours ago'],
		['2026-11-19T12:00:00Z', '2 days ago'],
		['2026-11-27T12:00:00Z', 'in 6 days'],
		['2026-11-21T12:00:20Z', 'in a moment']
	])('says how long %s is from now', (at, text) => {
		expect(relativeTime(at, NOW)).toBe(text);
	});

	it.each([
		[840, '840 ms'],
		[12_340, '12.3 s'],
		[59_990, '1 min 00 s'],
		[245_000, '4 min 05 s'],
		[4_320_000, '1 h 12 min']
	])('writes a duration of %d ms as %s', (ms, text) => {
		expect(formatDuration(ms)).toBe(text);
	});

	it('writes a time in UTC so that server and browser agree', () => {
		expect(formatTime('2026-11-21T23:40:10+02:00')).toBe('21 Nov 2026, 21:40 UTC');
	});

	it('counts with the right noun', () => {
		expect(plural(1, 'file')).toBe('1 file');
		expect(plural(0, 'file')).toBe('0 files');
		expect(plural(1200, 'entry', 'entries')).toBe('1,200 entries');
	});
});
