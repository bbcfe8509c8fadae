import type { Block } from './transcript';

/** Blocks that are drawn together or not at all. */
export interface Chunk {
	/** The number of its first block; names it. */
	seq: number;
	/** The number after its last possible block: where the next chunk begins. */
	end: number;
	blocks: Block[];
	/** Whether it is drawn before anybody knows what is visible. */
	early: boolean;
}

/** Transcripts with more blocks than this are drawn only where somebody looks. */
export const LARGE = 200;
const CHUNK = 20;
const EARLY = 80;
/** Pixels that a block takes, about, until it was drawn. */
const BLOCK_PX = 46;

/** Cuts one step's blocks. `before`: how many blocks stand above them in the whole transcript. */
export function chunksOf(blocks: readonly Block[], before: number): Chunk[] {
	const chunks: Chunk[] = [];
	for (let at = 0; at < blocks.length; at += CHUNK) {
		const part = blocks.slice(at, at + CHUNK);
		chunks.push({
			seq: part[0]?.seq ?? 0,
			end: blocks[at + CHUNK]?.seq ?? Infinity,
			blocks: part,
			early: before + at < EARLY
		});
	}
	return chunks;
}

export function estimatedHeight(chunk: Chunk): number {
	return chunk.blocks.length * BLOCK_PX;
}
