import { DomainError } from '../../../domain/errors';
import type { Config } from '../config';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The origins whose pages may change anything here. */
export function trustedOriginsOf(config: Pick<Config, 'ORIGIN' | 'PORT'>): string[] {
	const local = ['localhost', '127.0.0.1', '[::1]'].map((host) => `http://${host}:${config.PORT}`);
	return (config.ORIGIN ? [config.ORIGIN, ...local] : local).map((url) => new URL(url).origin);
}

/**
 * Why a request that would change something is refused: another site's page sent it. Browsers always
 * say where such a request comes from; programs say nothing and pass. Null when there is no problem.
 */
export function crossSiteProblem(
	request: Request,
	url: URL,
	trustedOrigins: Iterable<string>
): DomainError | null {
	if (SAFE_METHODS.has(request.method)) return null;
	const origin = request.headers.get('origin');
	const isTrusted =
		origin === null || origin === url.origin || [...trustedOrigins].includes(origin);
	const site = request.headers.get('sec-fetch-site');
	const isSameSite = site === null || site === 'same-origin' || site === 'none';
	if (isTrusted && isSameSite) return null;
	return new DomainError(
		'forbidden',
		'This request came from another site and was refused. If it is your own address, set ORIGIN to it.',
		{ origin, sec_fetch_site: site }
	);
}

const ALWAYS: Record<string, string> = {
	'x-content-type-options': 'nosniff',
	// Not no-referrer: forms would then be sent with "Origin: null".
	'referrer-policy': 'same-origin',
	'cross-origin-opener-policy': 'same-origin',
	'cross-origin-resource-policy': 'same-origin',
	'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()'
};

/** Headers that every answer gets unless its route has set them. Pages bring their own CSP. */
export function secureHeaders(response: Response, _url: URL): Response {
	const headers = new Headers(response.headers);
	const add = (name: string, value: string) => {
		if (!headers.has(name)) headers.set(name, value);
	};
	for (const [name, value] of Object.entries(ALWAYS)) add(name, value);
	add('cache-control', 'private, no-store');
	add('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
	const { status, statusText } = response;
	return new Response(response.body, { status, statusText, headers });
}
