/** A piece of a text. One with `wraps` is part of a line too long to be laid out as one. */
export interface TextBlock {
	text: string;
	wraps: boolean;
}

/** A longer line is wrapped: one of a megabyte would hold up the page for many seconds. */
const LONG = 5_000;
/** What a long line is cut into. */
const PIECE = 10_000;

/** Cuts a text into blocks one below the other; those of ordinary lines keep them as they are. */
export function textBlocks(text: string): TextBlock[] {
	const blocks: TextBlock[] = [];
	let plainFrom = 0;
	const plainTo = (end: number) => {
		if (end > plainFrom) blocks.push({ text: text.slice(plainFrom, end), wraps: false });
	};
	for (let start = 0; start < text.length;) {
		const newline = text.indexOf('\n', start);
		const end = newline < 0 ? text.length : newline;
		if (end - start > LONG) {
			// The break between two blocks stands for the newline.
			plainTo(start - 1);
			for (let at = start; at < end; at += PIECE)
				blocks.push({ text: text.slice(at, Math.min(end, at + PIECE)), wraps: true });
			plainFrom = end + 1;
		}
		start = end + 1;
	}
	plainTo(text.length);
	return blocks;
}
