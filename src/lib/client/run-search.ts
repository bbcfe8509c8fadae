import type { RunView, StepView } from '$lib/domain/run-event';
import { describeApproval } from './approvals';
import { describeCall, describeResult, type ToolItem } from './tool-view';
import { delegationText, type Block } from './transcript';

/** One place where the text that is looked for stands. */
export interface Hit {
	agent_id: string;
	/** Names the element that shows it: a block's number, or a part of the step. */
	key: string;
	/** The block's number; null for what is not in the transcript. */
	seq: number | null;
	/** Which one in its element, from 0, in reading order. */
	nth: number;
}

export interface Found {
	/** In reading order. */
	hits: Hit[];
	/** There are more. */
	capped: boolean;
}

export const MAX_HITS = 2000;

/** What finds a text whatever its case; null when there is nothing to look for. */
export function patternOf(query: string): RegExp | null {
	const text = query.trim();
	if (text === '') return null;
	return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+'), 'giu');
}

/**
 * Finds a text in all that a run shows of its agents: names, thoughts, answers, arguments and results
 * of tools, file names, errors, notes; folded or not. `blocksOf` gives a step's blocks as they are
 * drawn.
 */
export function searchRun(
	view: RunView,
	query: string,
	blocksOf: (step: StepView) => readonly Block[]
): Found {
	const pattern = patternOf(query);
	const hits: Hit[] = [];
	if (!pattern) return { hits, capped: false };
	for (const step of view.steps)
		for (const { key, seq, texts } of placesOf(step, blocksOf(step))) {
			let nth = 0;
			for (const text of texts)
				for (let left = countIn(text, pattern); left > 0; left--) {
					if (hits.length === MAX_HITS) return { hits, capped: true };
					hits.push({ agent_id: step.agent_id, key, seq, nth: nth++ });
				}
		}
	return { hits, capped: false };
}

function countIn(text: string, pattern: RegExp): number {
	return text === '' ? 0 : (text.match(pattern)?.length ?? 0);
}

interface Place {
	key: string;
	seq: number | null;
	/** In the order in which they are drawn. */
	texts: string[];
}

function* placesOf(step: StepView, blocks: readonly Block[]): Generator<Place> {
	const part = (name: string, text: string): Place => ({
		key: `${step.agent_id}/${name}`,
		seq: null,
		texts: [text]
	});
	yield part('name', step.agent_id);
	for (const block of blocks)
		yield { key: String(block.seq), seq: block.seq, texts: textsOf(block) };
	if (step.answer && !blocks.some(({ kind }) => kind === 'text' || kind === 'gap'))
		yield part('answer', step.answer);
	if (step.error) yield part('error', step.error.message);
}

function textsOf(block: Block): string[] {
	switch (block.kind) {
		case 'text':
		case 'thought':
			return [block.text];
		case 'tool':
			return toolTexts(block);
		case 'artifacts':
			return block.items.map(({ artifact }) => artifact.filename);
		case 'refused':
			return [block.filename, block.message];
		case 'log':
			return [block.message];
		case 'delegation':
			return [delegationText(block)];
		case 'approval': {
			const { title, fields, body } = describeApproval(block.request);
			const said = [title, ...fields.flatMap(({ name, value }) => [name, value])];
			return [...said, body?.text ?? '', ...block.request.files, block.note ?? ''];
		}
		case 'attempt':
			return [block.after ?? ''];
		case 'gap':
			return [];
	}
}

function toolTexts(item: ToolItem): string[] {
	const call = describeCall(item);
	const result = describeResult(item.result);
	return [
		item.tool,
		result.error,
		...call.fields.flatMap(({ name, value }) => [name, value]),
		call.code ?? '',
		result.stdout,
		result.stderr,
		result.content,
		...result.files,
		...result.refused.flatMap(({ name, reason }) => [name, reason]),
		result.other
	];
}
