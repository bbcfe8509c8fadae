import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration, formatTime, plural, relativeTime } from './format';

describe('formatBytes', () => {
	it.each([
		[0, '0 B'],
		[1023, '1023 B'],
		[1024, '1 KB'],
		[1536, '1.5 KB'],
		[10_240, '10 KB'],
		[123_456, '121 KB'],
		[1024 ** 2 - 1, '1 MB'],
		[10 * 1024 ** 3, '10 GB'],
		[50 * 1024 ** 3, '50 GB']
	])('writes %d bytes as %s', (bytes, text) => {
		expect(formatBytes(bytes)).toBe(text);
	});
});

describe('formatDuration', () => {
	it.each([
		[0, '0 ms'],
		[340, '340 ms'],
		[4210, '4.2 s'],
		[59_999, '1 min'],
		[125_000, '2 min 5 s'],
		[3_600_000, '1 h'],
		[12_000_000, '3 h 20 min'],
		[86_400_000, '1 d']
	])('writes %d ms as %s', (ms, text) => {
		expect(formatDuration(ms)).toBe(text);
	});
});

describe('relativeTime', () => {
	const now = new Date('2026-11-21T12:00:00Z');
	it.each([
		['2026-11-21T11:59:50Z', 'just now'],
		['2026-11-21T11:55:00Z', '5 min ago'],
		['2026-11-21T09:00:00Z', '3 h ago'],
		['2026-11-20T11:00:00Z', '1 day ago'],
		['2026-11-28T12:00:00Z', 'in 7 days'],
		['2026-11-21T12:30:00Z', 'in 30 min']
	])('calls %s "%s"', (iso, text) => {
		expect(relativeTime(iso, now)).toBe(text);
	});
});

it('plural counts with the right noun', () => {
	expect(plural(1, 'file')).toBe('1 file');
	expect(plural(0, 'file')).toBe('0 files');
	expect(plural(1200, 'entry', 'entries')).toBe('1,200 entries');
});

it('formatTime writes a time in the zone it is given', () => {
	expect(formatTime('2026-11-21T23:40:10+02:00', 'UTC')).toBe('21 Nov 2026, 21:40');
});
