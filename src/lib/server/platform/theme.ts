import type { Cookies } from '@sveltejs/kit';
import { DEFAULT_THEME, isTheme, type Theme } from '../../domain/theme';

const COOKIE = 'raro_theme';
const YEAR_S = 365 * 86_400;

/** The theme this browser has chosen; Archival when it has not. */
export function themeOf(cookies: Pick<Cookies, 'get'>): Theme {
	const raw = cookies.get(COOKIE);
	return isTheme(raw) ? raw : DEFAULT_THEME;
}

/** Remembers the theme for a year. */
export function rememberTheme(cookies: Pick<Cookies, 'set'>, theme: Theme): void {
	cookies.set(COOKIE, theme, { path: '/', maxAge: YEAR_S, sameSite: 'lax', secure: false });
}

/** For `transformPageChunk`: puts the theme on the page, so that it never flashes in another. */
export function withTheme(html: string, theme: Theme): string {
	return html.replace(
		/<html lang="en" data-theme="[a-z]*"/,
		`<html lang="en" data-theme="${theme}"`
	);
}
