/**
 * Text as people store it: UTF-8, UTF-16 with a mark, or an old Windows file (`guessed`); null when it
 * is binary. `truncated`: the bytes may end within a character.
 */
export function decodeText(
	bytes: Uint8Array,
	truncated: boolean
): { content: string; guessed: boolean } | null {
	if (bytes[0] === 0xff && bytes[1] === 0xfe)
		return { content: new TextDecoder('utf-16le').decode(bytes), guessed: false };
	if (bytes[0] === 0xfe && bytes[1] === 0xff)
		return { content: new TextDecoder('utf-16be').decode(bytes), guessed: false };
	if (bytes.includes(0)) return null;
	try {
		// The size limit may have cut a character in two.
		const content = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: truncated });
		return { content, guessed: false };
	} catch {
		const control = bytes.filter((b) => b < 32 && b !== 9 && b !== 10 && b !== 13).length;
		if (control > bytes.length / 100) return null;
		return { content: new TextDecoder('windows-1252').decode(bytes), guessed: true };
	}
}
