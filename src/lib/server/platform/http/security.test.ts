import { describe, expect, test } from 'vitest';
import { crossSiteProblem, secureHeaders, trustedOriginsOf } from './security';

const url = new URL('http://localhost:3000/runtime/start');
const trusted = trustedOriginsOf({ ORIGIN: 'https://raro.example.org/', PORT: 3000 });

function problemOf(method: string, headers: Record<string, string>) {
	return crossSiteProblem(new Request(url, { method, headers }), url, trusted);
}

describe('crossSiteProblem', () => {
	test('R35 trusts the configured origin and the local ones', () => {
		expect(trusted).toEqual([
			'https://raro.example.org',
			'http://localhost:3000',
			'http://127.0.0.1:3000',
			'http://[::1]:3000'
		]);
		for (const origin of trusted) expect(problemOf('POST', { origin })).toBeNull();
	});

	test('R35 refuses what another site, port, scheme or a sandboxed page sends', () => {
		for (const origin of [
			'https://evil.example',
			'http://localhost:3001',
			'https://localhost:3000',
			'null',
			'',
			'http://localhost:3000.evil.example'
		])
			for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
				expect(problemOf(method, { origin })).toMatchObject({ code: 'forbidden' });
	});

	test('R35 believes the browser that says a request is cross-site', () => {
		for (const site of ['cross-site', 'same-site'])
			expect(problemOf('POST', { 'sec-fetch-site': site })).toMatchObject({ code: 'forbidden' });
		for (const site of ['same-origin', 'none'])
			expect(problemOf('POST', { 'sec-fetch-site': site })).toBeNull();
	});

	test('programs say nothing and pass; reading is never refused', () => {
		expect(problemOf('DELETE', {})).toBeNull();
		expect(problemOf('GET', { origin: 'https://evil.example' })).toBeNull();
	});
});

test('R35 every answer gets its headers, and keeps those of its route', () => {
	const bare = secureHeaders(new Response('x'), url).headers;
	expect(bare.get('x-content-type-options')).toBe('nosniff');
	expect(bare.get('cache-control')).toBe('private, no-store');
	expect(bare.get('content-security-policy')).toContain("frame-ancestors 'none'");
	const own = new Response('x', { headers: { 'cache-control': 'private, no-cache' } });
	expect(secureHeaders(own, url).headers.get('cache-control')).toBe('private, no-cache');
	// Answers of fetch and redirects have headers that cannot be changed.
	expect(secureHeaders(Response.redirect('http://localhost/'), url).status).toBe(302);
});
