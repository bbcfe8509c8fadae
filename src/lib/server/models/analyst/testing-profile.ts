import { profileFiles } from './programs/profile.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- profile.json is plain data; tests pick from it */

/** A profile of texts or bytes, by the functions that run in the sandbox. */
export function profileText(
	contents: Record<string, string | Uint8Array>,
	directive = '',
	options: { whole_limit?: number; cell_budget?: number } = {}
): any {
	const bytes = new Map(
		Object.entries(contents).map(([name, content]) => [
			name,
			typeof content === 'string' ? new TextEncoder().encode(content) : content
		])
	);
	const of = (name: string) => bytes.get(name) ?? new Uint8Array();
	return profileFiles(
		{
			size: (name: string) => of(name).length,
			readBytes: (name: string, offset: number, length: number) =>
				of(name).subarray(offset, offset + length)
		},
		{ files: [...bytes.keys()], directive, ...options }
	);
}

/** The only table of a profile. */
export function table(profile: any): any {
	const tables = profile.files.filter((file: any) => file.kind === 'table');
	if (tables.length !== 1) throw new Error(`${JSON.stringify(profile.files).slice(0, 300)}`);
	return tables[0];
}

export function column(profile: any, name: string): any {
	const found = profile.column_profiles.find((c: any) => c.name === name);
	if (!found) throw new Error(`no column ${name}`);
	return found;
}
