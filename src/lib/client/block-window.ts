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
/** How many blocks a chunk has. */
export const CHUNK = 20;
const EARLY = 80;
/** Pixels that a block takes, about, until it was drawn. */
const BLOCK_PX = 46;

/**
 * Cuts one step's blocks; a gap stands alone and takes the room of what is missing. `before`: how many
 * blocks stand above them in the whole transcript; `all`: draw every one early.
 */
export function chunksOf(blocks: readonly Block[], before: number, all = false): Chunk[] {
	const chunks: Chunk[] = [];
	let at = 0;
	let full = 0;
	for (const block of blocks) {
		const last = chunks.at(-1);
		if (last && at < full && block.kind !== 'gap') last.blocks.push(block);
		else {
			if (last) last.end = block.seq;
			const early = all || before + at < EARLY;
			chunks.push({ seq: block.seq, end: Infinity, blocks: [block], early });
			full = block.kind === 'gap' ? at : at - (at % CHUNK) + CHUNK;
		}
		at += sizeOf(block);
	}
	return chunks;
}

/** How many blocks of the whole transcript it stands for. */
export function sizeOf(block: Block): number {
	return block.kind === 'gap' ? block.count : 1;
}

export function estimatedHeight(blocks: readonly Block[]): number {
	return BLOCK_PX * blocks.reduce((sum, block) => sum + sizeOf(block), 0);
}
