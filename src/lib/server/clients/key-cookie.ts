import type { Cookies } from '@sveltejs/kit';

export const KEY_COOKIE = 'raro_session_id';
const YEAR_S = 365 * 86_400;

/** Hands the browser its key: no script can read it, no other site can make it be sent. */
export function rememberKey(cookies: Pick<Cookies, 'set'>, key: string, url: URL): void {
	cookies.set(KEY_COOKIE, key, {
		path: '/',
		httpOnly: true,
		sameSite: 'lax',
		secure: url.protocol === 'https:',
		maxAge: YEAR_S
	});
}
