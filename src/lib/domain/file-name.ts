import { DomainError } from './errors';

declare const brand: unique symbol;
/** A name that is safe as one path segment: NFC, at most 255 bytes, no separators. */
export type FileName = string & { readonly [brand]: 'FileName' };

export const MAX_NAME_BYTES = 255;

const utf8 = new TextEncoder();

function byteLength(text: string): number {
	return utf8.encode(text).length;
}

/** Why `raw` cannot be a file name, or null when it can. */
export function nameProblem(raw: string): string | null {
	const name = raw.normalize('NFC');
	if (name === '') return 'a file name cannot be empty';
	if (name === '.' || name === '..') return `"${name}" is not a file name`;
	if (name.startsWith('.')) return 'a file name cannot start with "."';
	if (/[/\\]/.test(name)) return 'a file name cannot contain "/" or "\\"';
	// eslint-disable-next-line no-control-regex -- control characters are what this refuses
	if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(name))
		return 'a file name cannot contain control characters';
	if (!name.isWellFormed()) return 'a file name must be valid Unicode';
	if (name.trim() === '') return 'a file name cannot be only spaces';
	if (byteLength(name) > MAX_NAME_BYTES)
		return `a file name can have at most ${MAX_NAME_BYTES} bytes; this one has ${byteLength(name)}`;
	return null;
}

/**
 * The one parser for names that come from outside: form, address, archive, agent.
 * @throws DomainError `invalid` with the reason.
 */
export function parseFileName(raw: string): FileName {
	const problem = nameProblem(raw);
	if (problem)
		throw new DomainError('invalid', `This name was refused: ${problem}.`, { name: raw });
	return raw.normalize('NFC') as FileName;
}

/** What makes two names the same: equal up to case and Unicode normalisation. */
export function foldName(name: string): string {
	return name.normalize('NFKC').toLowerCase().normalize('NFC');
}

/** Splits `report.csv` into `report` and `.csv`; a name without a dot has no extension. */
export function splitExtension(name: string): { stem: string; extension: string } {
	const dot = name.lastIndexOf('.');
	if (dot <= 0 || name.length - dot > 16) return { stem: name, extension: '' };
	return { stem: name.slice(0, dot), extension: name.slice(dot) };
}

/** Puts `mark` before the extension, shortening the stem so that 255 bytes are enough. */
export function withMark(name: FileName, mark: string): FileName {
	const { stem, extension } = splitExtension(name);
	const room = MAX_NAME_BYTES - byteLength(mark + extension);
	let kept = stem;
	while (byteLength(kept) > room) kept = [...kept].slice(0, -1).join('');
	return (kept.trimEnd() + mark + extension) as FileName;
}

/** `report (2).csv` — the `n`th name for a file when its own is taken. */
export function numberedName(name: FileName, n: number): FileName {
	return withMark(name, ` (${n})`);
}
