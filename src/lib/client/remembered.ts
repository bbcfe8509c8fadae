/** What this browser remembers under a name; null when it does not, or may not, remember it. */
export function remembered(name: string): string | null {
	try {
		return localStorage.getItem(name);
	} catch {
		return null;
	}
}

/** Remembers it. Says whether that worked: a browser may refuse to keep anything. */
export function remember(name: string, value: string): boolean {
	try {
		localStorage.setItem(name, value);
		return true;
	} catch {
		return false;
	}
}
