// @ts-nocheck -- runs inside Deno, never in Node
// The two ends of the pipe. To the host: [type u8][length u32][payload]. From the host: [length u32][payload].

const TYPE = { ready: 1, stdout: 2, stderr: 3, read: 4, file: 5, refused: 6, done: 7 };
const MAX_READ = 1 << 20;
const PRINT_BUFFER = 32 * 1024;
const PRINT_DELAY_MS = 40;

export function createChannel(deno) {
	const writeSync = deno.stdout.writeSync.bind(deno.stdout);
	const readSync = deno.stdin.readSync.bind(deno.stdin);
	const encoder = new TextEncoder();
	const decoder = new TextDecoder();
	const now = performance.now.bind(performance);

	function writeAll(bytes) {
		for (let n = 0; n < bytes.length;) n += writeSync(bytes.subarray(n));
	}
	function send(type, payload) {
		const head = new Uint8Array(5);
		head[0] = type;
		new DataView(head.buffer).setUint32(1, payload.length);
		if (payload.length < 65536) {
			const both = new Uint8Array(5 + payload.length);
			both.set(head);
			both.set(payload, 5);
			return writeAll(both);
		}
		writeAll(head);
		writeAll(payload);
	}
	function readExactly(length) {
		const bytes = new Uint8Array(length);
		for (let n = 0; n < length;) {
			const got = readSync(bytes.subarray(n));
			if (got === null) throw new Error('the host is gone');
			n += got;
		}
		return bytes;
	}
	function receive() {
		return readExactly(new DataView(readExactly(4).buffer).getUint32(0));
	}
	const sendJson = (type, value) => send(type, encoder.encode(JSON.stringify(value)));

	function createPrinter(type) {
		const buffer = new Uint8Array(PRINT_BUFFER);
		let used = 0;
		let last = 0;
		return {
			write(bytes) {
				for (let n = 0; n < bytes.length;) {
					const part = bytes.subarray(n, n + PRINT_BUFFER - used);
					buffer.set(part, used);
					used += part.length;
					n += part.length;
					if (used === PRINT_BUFFER || now() - last > PRINT_DELAY_MS) this.flush();
				}
			},
			flush() {
				if (used > 0) send(type, buffer.slice(0, used));
				used = 0;
				last = now();
			}
		};
	}
	const stdout = createPrinter(TYPE.stdout);
	const stderr = createPrinter(TYPE.stderr);

	return {
		stdout,
		stderr,
		ready: (about) => sendJson(TYPE.ready, about),
		receiveJob: () => JSON.parse(decoder.decode(receive())),
		/** At most `length` bytes of input `index` from `offset`; fewer only at its end. */
		read(index, offset, length) {
			const head = new Uint8Array(16);
			const view = new DataView(head.buffer);
			view.setUint32(0, index);
			view.setFloat64(4, offset);
			view.setUint32(12, Math.min(length, MAX_READ));
			send(TYPE.read, head);
			return receive();
		},
		file(name, bytes) {
			const encoded = encoder.encode(name);
			const head = new Uint8Array(7 + encoded.length);
			const view = new DataView(head.buffer);
			view.setUint8(0, TYPE.file);
			view.setUint32(1, 2 + encoded.length + bytes.length);
			view.setUint16(5, encoded.length);
			head.set(encoded, 7);
			writeAll(head);
			writeAll(bytes);
		},
		refuse: (name, reason) => sendJson(TYPE.refused, { name, reason }),
		done(outcome) {
			stdout.flush();
			stderr.flush();
			sendJson(TYPE.done, outcome);
		}
	};
}

/** Reads one input in pieces of 1 MiB ahead, so that small reads cost no round trip. */
export function createReader(channel, index, size) {
	let start = 0;
	let ahead = new Uint8Array(0);
	return {
		size,
		/** Fills `target` from `offset`; answers how many bytes there were. */
		readInto(target, offset) {
			let done = 0;
			while (done < target.length && offset + done < size) {
				const at = offset + done;
				if (at < start || at >= start + ahead.length) {
					start = at;
					ahead = channel.read(index, at, MAX_READ);
					if (ahead.length === 0) break;
				}
				const part = ahead.subarray(at - start, at - start + target.length - done);
				target.set(part, done);
				done += part.length;
			}
			return done;
		}
	};
}
