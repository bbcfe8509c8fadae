// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.

/** Above this a file is read in evenly spaced blocks, not as a whole. */
export const WHOLE_FILE_BYTES = 64 * 1024 * 1024;
const SAMPLE_BLOCKS = 192;
const SAMPLE_BLOCK_BYTES = 256 * 1024;
const CHUNK_BYTES = 1024 * 1024;

/** Which encoding a file has, judged by its mark or its first bytes; `null` for binary files. */
export function detectEncoding(head) {
	if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf)
		return { label: 'utf-8', name: 'UTF-8', bom: 3 };
	if (head[0] === 0xff && head[1] === 0xfe) return { label: 'utf-16le', name: 'UTF-16 LE', bom: 2 };
	if (head[0] === 0xfe && head[1] === 0xff) return { label: 'utf-16be', name: 'UTF-16 BE', bom: 2 };
	let even = 0;
	let odd = 0;
	let control = 0;
	for (let i = 0; i < head.length; i++) {
		if (head[i] === 0 && i % 2 === 1) odd++;
		else if (head[i] === 0) even++;
		else if (head[i] < 9 || (head[i] > 13 && head[i] < 32 && head[i] !== 27)) control++;
	}
	const half = head.length / 2;
	if (odd > half * 0.4 && even < half * 0.05)
		return { label: 'utf-16le', name: 'UTF-16 LE', bom: 0, guessed: true };
	if (even > half * 0.4 && odd < half * 0.05)
		return { label: 'utf-16be', name: 'UTF-16 BE', bom: 0, guessed: true };
	if (even + odd > 0 || control > head.length * 0.02) return null;
	try {
		new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
		return { label: 'utf-8', name: 'UTF-8', bom: 0 };
	} catch {
		return { label: 'windows-1252', name: 'Windows-1252', bom: 0, guessed: true };
	}
}

/** The byte ranges to read: one for a whole file, evenly spaced blocks for one that is too big. */
export function readingPlan(size, wholeLimit = WHOLE_FILE_BYTES) {
	if (size <= wholeLimit) return { sampled: null, ranges: [[0, size]] };
	const block = Math.min(
		SAMPLE_BLOCK_BYTES,
		Math.max(4096, Math.floor(wholeLimit / SAMPLE_BLOCKS))
	);
	const ranges = [];
	for (let i = 0; i < SAMPLE_BLOCKS; i++) {
		let start = Math.floor((i * (size - block)) / (SAMPLE_BLOCKS - 1));
		start -= start % 4;
		ranges.push([start, Math.min(size, start + block)]);
	}
	return {
		sampled: { blocks: SAMPLE_BLOCKS, bytes_read: SAMPLE_BLOCKS * block, bytes_total: size },
		ranges
	};
}

/** Calls `take(text)` with the decoded text of one byte range, piece by piece, until it answers false. */
export function readText(source, encoding, [start, end], take) {
	const decoder = new TextDecoder(encoding.label, { ignoreBOM: true });
	let at = start === 0 ? encoding.bom : start;
	while (at < end) {
		const bytes = source.read(at, Math.min(CHUNK_BYTES, end - at));
		if (bytes.length === 0) break;
		at += bytes.length;
		if (take(decoder.decode(bytes, { stream: at < end })) === false) return;
	}
}

/** A copy of a text that does not keep the block alive from which it was cut. */
export function detach(text) {
	return text.length < 13 ? text : JSON.parse(JSON.stringify(text));
}
