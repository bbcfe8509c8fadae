import { createHash } from 'node:crypto';
import { z } from 'zod';
import { nameProblem } from '../../../domain/file-name';
import { LIMITS } from '../limits';
import { createQueue } from '../queue';
import type { SandboxResult } from '../sandbox';
import type { Box } from './box';
import { steadily } from './trouble';

/** What a sandbox says its folder holds. */
export const manifest = z.strictObject({
	entries: z
		.array(
			z.strictObject({
				/** The name's bytes in base64: it need not be Unicode. */
				name: z.base64().max(400),
				kind: z.enum(['file', 'folder', 'link', 'special']),
				size: z.number().int().nonnegative(),
				digest: z
					.string()
					.regex(/^[0-9a-f]{64}$/)
					.nullable()
			})
		)
		.max(LIMITS.files * 5),
	more: z.number().int().nonnegative(),
	outcome: z.string().max(65_536).nullable()
});
export type Manifest = z.infer<typeof manifest>;

/** The most entries that are listed one by one. */
export const MOST_ENTRIES = LIMITS.files * 5;
const MOST_REFUSALS = 200;
const AT_ONCE = 4;
const MB = 1024 * 1024;

interface Wanted {
	name: string;
	path: string;
	size: number;
	digest: string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** What is new or changed among the entries and may come; everything else has a reason. */
export function sortOut(
	{ entries, more }: Manifest,
	folder: string,
	inputs: ReadonlyMap<string, string>
): { wanted: Wanted[]; refused: SandboxResult['refused'] } {
	const wanted = new Map<string, Wanted>();
	const refused: SandboxResult['refused'] = [];
	let total = 0;
	const refuse = (name: string, reason: string) => {
		if (refused.length < MOST_REFUSALS) refused.push({ name: name.toWellFormed(), reason });
	};
	for (const { name: encoded, kind, size, digest } of entries) {
		const bytes = Buffer.from(encoded, 'base64');
		let name: string;
		try {
			name = utf8.decode(bytes);
		} catch {
			refuse(bytes.toString('latin1'), 'its name is not valid Unicode');
			continue;
		}
		const kept = name.normalize('NFC');
		if (kind === 'file' && digest !== null && inputs.get(kept) === digest) continue;
		const problem = nameProblem(name);
		if (problem) refuse(name, problem);
		else if (kind === 'folder')
			refuse(name, 'it is a folder; only files at the top level are kept');
		else if (kind === 'link') refuse(name, 'it is a link; only regular files are kept');
		else if (kind === 'special') refuse(name, 'it is not a regular file');
		else if (digest === null) refuse(name, 'it cannot be read');
		else if (wanted.has(kept)) refuse(name, 'another file has the same name');
		else if (size > LIMITS.fileBytes) refuse(name, `it is larger than ${LIMITS.fileBytes / MB} MB`);
		else if (total + size > LIMITS.totalBytes)
			refuse(name, `all files together are larger than ${LIMITS.totalBytes / MB} MB`);
		else if (wanted.size >= LIMITS.files) refuse(name, `there are more than ${LIMITS.files} files`);
		else {
			total += size;
			wanted.set(kept, { name: kept, path: `${folder}/work/${name}`, size, digest });
		}
	}
	if (more > 0) refuse(`${more} others`, `there are more than ${LIMITS.files} files`);
	return { wanted: [...wanted.values()], refused };
}

/** Brings the files; one that is not what was listed is refused. */
export async function receiveFiles(
	box: Box,
	wanted: readonly Wanted[],
	retryMs: readonly number[],
	signal: AbortSignal
): Promise<Pick<SandboxResult, 'files' | 'refused'>> {
	const { client, sandbox } = box;
	const queue = createQueue(AT_ONCE);
	const files: SandboxResult['files'] = [];
	const refused: SandboxResult['refused'] = [];
	const got = await Promise.all(
		wanted.map(async (file) => {
			const leave = await queue.enter(signal);
			try {
				return await steadily(client.sdk, sandbox, retryMs, signal, () => download(file));
			} catch (error) {
				const { FileNotFoundError, InvalidArgumentError } = client.sdk;
				if (error instanceof FileNotFoundError || error instanceof InvalidArgumentError)
					return null;
				throw error;
			} finally {
				leave();
			}
		})
	);
	wanted.forEach(({ name }, index) => {
		const bytes = got[index];
		if (bytes) files.push({ name, bytes });
		else refused.push({ name, reason: 'it changed while it was read' });
	});
	return { files, refused };

	async function download({ path, size, digest }: Wanted): Promise<Uint8Array | null> {
		const bytes = new Uint8Array(size);
		let at = 0;
		if (size > 0) {
			const stream = await sandbox.files.read(path, { format: 'stream', signal });
			const reader = stream.getReader();
			for (;;) {
				const { done, value } = await reader.read();
				if (done) break;
				if (at + value.length > size) {
					await reader.cancel();
					return null;
				}
				bytes.set(value, at);
				at += value.length;
			}
		}
		const same = at === size && createHash('sha256').update(bytes).digest('hex') === digest;
		return same ? bytes : null;
	}
}
