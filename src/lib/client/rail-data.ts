import type { LibraryFile } from '$lib/domain/library';
import { callApi } from './api';
import type { RunEntry } from './artifact-groups';
import type { Limits, Usage } from './upload';

/** What the page's `load` gives the rail. */
export interface RailData {
	library: LibraryFile[];
	artifacts: RunEntry[];
	/** What there is altogether, when `artifacts` are only the newest; null when they are all. */
	older?: Holdings | null;
	limits: Limits;
	usage: Usage;
	currentRunId?: string | null;
	attached?: Iterable<string>;
}

/** How many runs have artifacts, and how many files those are. */
export interface Holdings {
	runs: number;
	files: number;
}

/** Something to tell the person. */
export interface Notice {
	message: string;
	tone: 'info' | 'success' | 'error';
	href?: string;
	linkText?: string;
	actions?: { label: string; run: () => unknown }[];
}

/** All runs with artifacts, page by page. @throws ApiError */
export async function everyRun(): Promise<RunEntry[]> {
	const runs: RunEntry[] = [];
	for (let cursor: string | null = ''; cursor !== null;) {
		const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
		const { body } = await callApi<{ artifacts: RunEntry[]; next: string | null }>(
			'GET',
			`/runtime/artifacts?limit=500${from}`
		);
		runs.push(...body.artifacts);
		cursor = body.next;
	}
	return runs;
}
