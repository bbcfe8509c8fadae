import { z } from 'zod';
import type { BriefFile, PastTurn } from './history';
import type { Deliverable } from './deliverables';
import { profileAnswer, qualityAnswer, reportAnswer } from './programs/answers.js';
import { profileFiles } from './programs/profile.js';
import { profileJson } from './programs/profile-json.js';
import { qualityMarkdown } from './programs/quality-md.js';
import { reportMarkdown } from './programs/report-md.js';
import { summaryCsv } from './programs/summary-csv.js';

const reading = z.object({ content: z.string(), truncated: z.boolean() });
const readCall = z.object({ filename: z.string() });

/**
 * The same analysis without code tools: over the beginnings of the files that `read_file` showed
 * (at most 100 KB each, so it stays small enough to be computed here).
 */
export function analyseReadings(
	turn: PastTurn,
	inputs: readonly BriefFile[],
	directive: string,
	wanted: readonly Deliverable[]
): { files: { filename: string; content: string }[]; answer: string } | null {
	const contents = new Map<string, Uint8Array>();
	const beginnings: Record<string, number> = {};
	for (const result of turn.results) {
		const call = readCall.safeParse(turn.arguments.get(result.call_id));
		const read = reading.safeParse(result.result);
		if (!result.ok || !call.success || !read.success) continue;
		const { filename } = call.data;
		contents.set(filename, new TextEncoder().encode(read.data.content));
		if (read.data.truncated)
			beginnings[filename] = inputs.find((file) => file.name === filename)?.size_bytes ?? 0;
	}
	if (contents.size === 0) return null;
	const bytesOf = (name: string) => contents.get(name) ?? new Uint8Array();
	const profile = profileFiles(
		{
			size: (name: string) => bytesOf(name).length,
			readBytes: (name: string, offset: number, length: number) =>
				bytesOf(name).subarray(offset, offset + length)
		},
		{ files: [...contents.keys()], directive, beginnings }
	);
	const files: { filename: string; content: string }[] = [];
	const answers: string[] = [];
	if (wanted.includes('profile')) {
		files.push({ filename: 'profile.json', content: profileJson(profile) });
		files.push({ filename: 'summary.csv', content: summaryCsv(profile) });
		answers.push(profileAnswer(profile));
	}
	if (wanted.includes('quality')) {
		files.push({ filename: 'quality.md', content: qualityMarkdown(profile) });
		answers.push(qualityAnswer(profile));
	}
	if (wanted.includes('report')) {
		const present = [...inputs.map((file) => file.name), ...files.map((file) => file.filename)];
		files.push({ filename: 'report.md', content: reportMarkdown(profile, present) });
		answers.push(reportAnswer(profile));
	}
	return { files, answer: answers.join('\n\n') };
}
