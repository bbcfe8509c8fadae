const POLICY =
	"default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; media-src data:";

/**
 * A web page for a frame with `sandbox=""`: no scripts, no forms, no origin, and nothing from the
 * network. The policy comes first in the document, where nothing that follows can loosen it.
 */
export function sealedPage(html: string): string {
	return `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}">${html}`;
}
