import { describe, expect, it } from 'vitest';
import { apiAddress, filtersFrom, isFiltered, runQuery, runsAddress } from './run-filters';

const from = (query: string) => filtersFrom(new URLSearchParams(query));

describe('the filters of the page of runs', () => {
	it('come from the address and go back into it', () => {
		const query = 'status=failed&workflow=essay&q=a+%26+b&from=2026-11-01&to=2026-11-21';
		expect(runsAddress(from(query))).toBe(`/runs?${query}`);
		expect(runsAddress(from(''))).toBe('/runs');
		expect(runsAddress(from('q=x'), 'abc')).toBe('/runs?q=x&cursor=abc');
	});

	it('leave out what makes no sense', () => {
		const odd = from('status=done&from=yesterday&to=2026-99-99&q=%20&other=1');
		expect(isFiltered(odd)).toBe(false);
		expect(runQuery(odd)).toEqual({});
	});

	it('include the whole of both days', () => {
		expect(runQuery(from('from=2026-11-21&to=2026-11-21'))).toEqual({
			since: new Date('2026-11-21T00:00:00Z'),
			until: new Date('2026-11-22T00:00:00Z')
		});
	});

	it('ask the API for the same', () => {
		const asked = new URL(
			apiAddress(from('status=active&q=%20sales%20&to=2026-11-21'), { cursor: 'c', limit: 200 }),
			'http://x'
		).searchParams;
		expect(Object.fromEntries(asked)).toEqual({
			cursor: 'c',
			limit: '200',
			status: 'queued,running,awaiting_approval',
			q: 'sales',
			until: '2026-11-22T00:00:00.000Z'
		});
	});
});
