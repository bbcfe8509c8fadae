import { nameProblem } from '$lib/domain/file-name';

/**
 * Where the picture of a text is loaded from: a file beside the text, or a raster image inside it.
 * Null for everything else, above all for other servers, which would learn who reads.
 */
export function pictureAddress(
	source: string,
	siblingUrl: (name: string) => string
): string | null {
	if (/^data:image\/(png|jpeg|gif|webp|avif|bmp);/i.test(source.trim())) return source.trim();
	const name = siblingName(source);
	return name === null ? null : siblingUrl(name);
}

/** Where the link of a text leads: the web, a mail address, or a file beside the text; else null. */
export function linkAddress(href: string, siblingUrl: (name: string) => string): string | null {
	const target = href.trim();
	if (/^(https?:\/\/|mailto:)/i.test(target)) return target;
	const name = siblingName(target);
	return name === null ? null : siblingUrl(name);
}

/** The bare file name that a relative reference is; null when it is anything else. */
function siblingName(reference: string): string | null {
	const path = reference
		.trim()
		.replace(/[?#].*$/s, '')
		.replace(/^(\.\/)+/, '');
	if (path === '' || /^[a-z][a-z0-9+.-]*:/i.test(path)) return null;
	try {
		const name = decodeURIComponent(path).normalize('NFC');
		return nameProblem(name) === null ? name : null;
	} catch {
		// A stray "%": the name is meant as it stands.
		return nameProblem(path) === null ? path : null;
	}
}
