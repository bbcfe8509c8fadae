import { z } from 'zod';
import { nameProblem } from '../../domain/file-name';
import { LIMITS } from './limits';
import { ProtocolError } from './protocol';
import type { SandboxEnd, SandboxResult } from './sandbox';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const done = z.object({
	ok: z.boolean(),
	reason: z.enum(['error', 'memory', 'crashed']).nullable(),
	error: z.string().max(64_000).nullable()
});
const refusal = z.object({ name: z.string().max(2000), reason: z.string().max(300) });
const MAX_REFUSALS = 200;

/** What a process says of itself, gathered and checked piece by piece. */
export interface Gathering {
	print(stream: 'stdout' | 'stderr', bytes: Buffer): 'fine' | 'flood';
	file(payload: Buffer): void;
	refuse(payload: Buffer): void;
	finish(payload: Buffer): void;
	readonly finished: boolean;
	/** The result, were it to end now. `reason` set by the host wins over what the process says. */
	result(ended: { reason: SandboxEnd; error: string } | null, durationMs: number): SandboxResult;
}

function parseJson<T>(schema: z.ZodType<T>, payload: Buffer): T {
	try {
		return schema.parse(JSON.parse(utf8.decode(payload)));
	} catch (cause) {
		throw new ProtocolError('a malformed message', { cause });
	}
}

/** @throws ProtocolError from every method that takes a payload. */
export function createGathering(): Gathering {
	const printed = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
	let printedBytes = 0;
	let keptBytes = 0;
	const files = new Map<string, Uint8Array>();
	let fileBytes = 0;
	const refused: { name: string; reason: string }[] = [];
	let outcome: z.infer<typeof done> | null = null;

	const refuse = (name: string, reason: string) => {
		if (refused.length < MAX_REFUSALS) refused.push({ name: name.toWellFormed(), reason });
	};
	const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString('utf8');

	return {
		get finished() {
			return outcome !== null;
		},
		print(stream, bytes) {
			printedBytes += bytes.length;
			const kept = bytes.subarray(0, LIMITS.printedBytes - keptBytes);
			keptBytes += kept.length;
			if (kept.length > 0) printed[stream].push(kept);
			return printedBytes > LIMITS.floodBytes ? 'flood' : 'fine';
		},
		file(payload) {
			if (payload.length < 2) throw new ProtocolError('a malformed file');
			const nameEnd = 2 + payload.readUInt16BE(0);
			if (nameEnd > payload.length) throw new ProtocolError('a malformed file');
			let name: string;
			try {
				name = utf8.decode(payload.subarray(2, nameEnd));
			} catch {
				refuse(payload.subarray(2, nameEnd).toString('latin1'), 'its name is not valid Unicode');
				return;
			}
			const bytes = payload.subarray(nameEnd);
			const problem = nameProblem(name);
			const kept = name.normalize('NFC');
			if (problem) refuse(name, problem);
			else if (bytes.length > LIMITS.fileBytes) refuse(name, 'it is larger than 32 MB');
			else if (fileBytes + bytes.length > LIMITS.totalBytes)
				refuse(name, 'all files together are larger than 64 MB');
			else if (!files.has(kept) && files.size >= LIMITS.files)
				refuse(name, `there are more than ${LIMITS.files} files`);
			else {
				fileBytes += bytes.length - (files.get(kept)?.length ?? 0);
				files.set(kept, bytes);
			}
		},
		refuse(payload) {
			const { name, reason } = parseJson(refusal, payload);
			refuse(name, reason);
		},
		finish(payload) {
			outcome = parseJson(done, payload);
		},
		result(ended, durationMs) {
			const cut = printedBytes > keptBytes;
			const note = cut ? `\n[output cut off: ${keptBytes} of ${printedBytes} bytes are shown]` : '';
			const ok = ended === null && outcome?.ok === true;
			return {
				ok,
				stdout: text(printed.stdout) + note,
				stderr: text(printed.stderr),
				error: ended?.error ?? outcome?.error ?? null,
				reason: ok ? null : (ended?.reason ?? outcome?.reason ?? 'error'),
				files: [...files].map(([name, bytes]) => ({ name, bytes })),
				refused,
				durationMs
			};
		}
	};
}
