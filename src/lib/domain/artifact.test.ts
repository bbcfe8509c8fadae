import { describe, expect, it } from 'vitest';
import { isExpired, statusDotOf } from './artifact';

const at = (text: string) => new Date(text);
const noon = at('2026-11-21T12:00:00.000Z');

describe('isExpired', () => {
	it('R29 is true from exactly the millisecond of the expiry', () => {
		expect(isExpired(noon, false, at('2026-11-21T11:59:59.999Z'))).toBe(false);
		expect(isExpired(noon, false, noon)).toBe(true);
	});

	it('R30 is never true for what is pinned or has no expiry', () => {
		expect(isExpired(noon, true, at('2030-01-01T00:00:00Z'))).toBe(false);
		expect(isExpired(null, false, noon)).toBe(false);
	});
});

describe('statusDotOf', () => {
	const run = { run_id: 'r', expires_at: '2026-11-28T12:00:00.000Z', pinned: false };
	const artifact = { generated_at: '2026-11-21T11:00:00.000Z' };

	it('lets red win over green, and green over yellow', () => {
		const soon = { ...run, expires_at: '2026-11-22T11:59:59.999Z' };
		expect(statusDotOf(soon, artifact, 'r', noon)).toBe('red');
		expect(statusDotOf(run, artifact, 'r', noon)).toBe('green');
		expect(statusDotOf(run, artifact, null, noon)).toBe('yellow');
		expect(statusDotOf(run, artifact, null, at('2026-11-22T11:00:00.000Z'))).toBe('none');
	});

	it('is not red when pinned, nor while the run has no expiry', () => {
		const soon = { ...run, expires_at: '2026-11-22T00:00:00.000Z', pinned: true };
		expect(statusDotOf(soon, artifact, null, noon)).toBe('yellow');
		expect(statusDotOf({ ...run, expires_at: null }, artifact, 'r', noon)).toBe('green');
	});
});
