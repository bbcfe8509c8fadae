import { DomainError } from '../../../domain/errors';
import type { SandboxInput } from '../sandbox';
import type { Box } from './box';
import { openInput } from './digests';
import { FILES } from './programs';
import { steadily } from './trouble';

export interface Digested extends SandboxInput {
	digest: string;
}

/** Smaller ones go together in one request. */
const SMALL_BYTES = 256 * 1024;
const TOGETHER_BYTES = 4 * 1024 * 1024;

/** Brings files to where the sandbox keeps inputs by digest; what is there already stays. */
export async function sendInputs(
	box: Box,
	files: readonly Digested[],
	retryMs: readonly number[],
	signal: AbortSignal
): Promise<void> {
	const { sdk } = box.client;

	async function write(group: readonly Digested[]): Promise<void> {
		await steadily(sdk, box.sandbox, retryMs, signal, async () => {
			const [only] = group;
			if (only && only.sizeBytes > SMALL_BYTES) return stream(only);
			const entries = await Promise.all(
				group.map(async ({ digest, path }) => ({
					path: `${FILES}/${digest}`,
					data: await read(path)
				}))
			);
			await box.sandbox.files.writeFiles(entries, { signal });
		});
	}

	async function stream({ digest, path }: Digested): Promise<void> {
		const handle = await openInput(path);
		try {
			const data = handle.readableWebStream({ autoClose: false });
			await box.sandbox.files.write(`${FILES}/${digest}`, data as ReadableStream, { signal });
		} finally {
			await handle.close();
		}
	}

	async function send(group: readonly Digested[]): Promise<void> {
		const work = write(group);
		for (const { digest } of group) {
			box.uploads.set(digest, work);
			work.catch(() => box.uploads.get(digest) === work && box.uploads.delete(digest));
		}
		await work;
	}

	const unique = [...new Map(files.map((file) => [file.digest, file])).values()];
	const others = unique.flatMap((file) => {
		const work = box.uploads.get(file.digest);
		// A call that was cancelled takes its upload with it: then this one sends the file.
		return work ? [work.catch(() => send([file]))] : [];
	});
	const mine = groupsOf(unique.filter((file) => !box.uploads.has(file.digest)));
	await Promise.all([...others, ...mine.map(send)]);
}

function groupsOf(files: readonly Digested[]): Digested[][] {
	const groups: Digested[][] = [];
	let room = 0;
	for (const file of files) {
		const alone = file.sizeBytes > SMALL_BYTES;
		const group = groups.at(-1);
		if (alone || !group || file.sizeBytes > room) {
			groups.push([file]);
			room = alone ? 0 : TOGETHER_BYTES - file.sizeBytes;
		} else {
			group.push(file);
			room -= file.sizeBytes;
		}
	}
	return groups;
}

async function read(path: string): Promise<ArrayBuffer> {
	const handle = await openInput(path);
	try {
		return new Uint8Array(await handle.readFile()).buffer;
	} finally {
		await handle.close();
	}
}

/** The inputs could not be brought there unharmed. */
export function notBrought(): DomainError {
	return new DomainError(
		'unavailable',
		'The files of this run could not be brought to E2B unharmed. Run the code again.'
	);
}
