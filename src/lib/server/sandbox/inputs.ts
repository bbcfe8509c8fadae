import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { MAX_READ_BYTES, ProtocolError } from './protocol';
import type { SandboxInput } from './sandbox';

/** A job's input files, as the process may ask for them: by number, never by path. */
export interface Inputs {
	/** @throws ProtocolError when the request is not for a part of one of the files. */
	read(request: Buffer): Promise<Buffer>;
	close(): Promise<void>;
}

const REQUEST_BYTES = 16;

export function createInputs(files: SandboxInput[]): Inputs {
	const open = new Map<number, Promise<fs.FileHandle>>();

	async function openFile(file: SandboxInput): Promise<fs.FileHandle> {
		const handle = await fs.open(
			file.path,
			constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
		);
		if ((await handle.stat()).isFile()) return handle;
		await handle.close();
		throw new Error(`${file.name} is not a regular file`);
	}

	return {
		async read(request) {
			if (request.length !== REQUEST_BYTES) throw new ProtocolError('a malformed read');
			const index = request.readUInt32BE(0);
			const offset = request.readDoubleBE(4);
			const length = request.readUInt32BE(12);
			const file = files[index];
			if (!file) throw new ProtocolError(`a read of file ${index}, which was not given`);
			if (!Number.isSafeInteger(offset) || offset < 0 || length > MAX_READ_BYTES)
				throw new ProtocolError('a read outside the file');
			const wanted = Math.max(0, Math.min(length, file.sizeBytes - offset));
			let handle = open.get(index);
			if (!handle) open.set(index, (handle = openFile(file)));
			const bytes = Buffer.allocUnsafe(wanted);
			const { bytesRead } = await (await handle).read(bytes, 0, wanted, offset);
			return bytes.subarray(0, bytesRead);
		},
		async close() {
			for (const handle of open.values())
				await handle.then(
					(h) => h.close(),
					() => {}
				);
			open.clear();
		}
	};
}
