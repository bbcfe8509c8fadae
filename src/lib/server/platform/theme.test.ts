import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { themeOf, withTheme } from './theme';

function cookies(value?: string) {
	return { get: () => value };
}

describe('theme', () => {
	it('is Archival until a browser has chosen', () => {
		expect(themeOf(cookies())).toBe('archival');
	});

	it('is what the cookie says, unless the cookie was made up', () => {
		expect(themeOf(cookies('phosphor'))).toBe('phosphor');
		expect(themeOf(cookies('"><script>'))).toBe('archival');
	});

	it('is written into the page that the server sends', async () => {
		const page = await readFile('src/app.html', 'utf8');
		expect(withTheme(page, 'phosphor')).toContain('data-theme="phosphor"');
		expect(withTheme(page, 'phosphor')).not.toContain('data-theme="archival"');
	});
});
