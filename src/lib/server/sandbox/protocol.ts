/**
 * Frames from a sandbox process: type (1 byte), length (4 bytes, big endian), payload. The process is
 * hostile: every length is checked before a byte is kept, and work is linear in what arrives.
 */
export const FRAME = {
	ready: 1,
	stdout: 2,
	stderr: 3,
	read: 4,
	file: 5,
	refused: 6,
	done: 7
} as const;
export type FrameType = (typeof FRAME)[keyof typeof FRAME];

/** The largest piece of an input that is handed over at once. */
export const MAX_READ_BYTES = 1 << 20;

const HEADER_BYTES = 5;

/** The process sent what the protocol does not allow. */
export class ProtocolError extends Error {
	override readonly name = 'ProtocolError';
}

function isFrameType(type: number): type is FrameType {
	return type >= FRAME.ready && type <= FRAME.done;
}

/**
 * Takes chunks, gives whole frames.
 * @throws ProtocolError on an unknown type or a payload beyond the type's limit.
 */
export function createFrameReader(
	limits: Record<FrameType, number>,
	onFrame: (type: FrameType, payload: Buffer) => void
): (chunk: Buffer) => void {
	const header = Buffer.alloc(HEADER_BYTES);
	let headerFilled = 0;
	let type: FrameType = FRAME.done;
	let payload = Buffer.alloc(0);
	let filled = 0;

	return (chunk) => {
		let at = 0;
		while (at < chunk.length) {
			if (headerFilled < HEADER_BYTES) {
				const taken = chunk.copy(header, headerFilled, at, at + HEADER_BYTES - headerFilled);
				headerFilled += taken;
				at += taken;
				if (headerFilled < HEADER_BYTES) return;
				const claimed = header.readUInt8(0);
				const length = header.readUInt32BE(1);
				if (!isFrameType(claimed)) throw new ProtocolError(`unknown frame ${claimed}`);
				if (length > limits[claimed])
					throw new ProtocolError(`frame ${claimed} of ${length} bytes is too long`);
				type = claimed;
				payload = Buffer.allocUnsafe(length);
				filled = 0;
			}
			const taken = chunk.copy(payload, filled, at, at + payload.length - filled);
			filled += taken;
			at += taken;
			if (filled === payload.length) {
				headerFilled = 0;
				onFrame(type, payload);
			}
		}
	};
}

/** `[length][payload]`: what the host sends. */
export function packed(payload: Uint8Array): Buffer {
	const head = Buffer.alloc(4);
	head.writeUInt32BE(payload.length);
	return Buffer.concat([head, payload]);
}
