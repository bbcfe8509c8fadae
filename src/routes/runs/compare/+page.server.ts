import { redirect } from '@sveltejs/kit';
import type { ComparedRun } from '$lib/client/compare-runs';
import { DomainError } from '$lib/domain/errors';
import { parseRunId, shortId, type ClientId } from '$lib/domain/ids';
import { clientOf } from '$lib/server/platform/http/api';
import { orErrorPage, unlessGone } from '$lib/server/platform/http/page';
import { services } from '$lib/server/services';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, url }) =>
	orErrorPage(async () => {
		const { id } = clientOf(locals);
		// The checkboxes of the list, newest first, where there are no scripts.
		const [newer, older, ...more] = url.searchParams.getAll('run');
		if (newer !== undefined && older !== undefined && more.length === 0)
			redirect(303, `/runs/compare?a=${parseRunId(older)}&b=${parseRunId(newer)}`);
		const [a, b] = [url.searchParams.get('a'), url.searchParams.get('b')];
		if (a === null || b === null || a === b)
			throw new DomainError('invalid', 'Choose two different runs in the list, then compare them.');
		const [left, right] = await Promise.all([sideOf(id, a), sideOf(id, b)]);
		return { a: left, b: right };
	});

async function sideOf(client: ClientId, raw: string): Promise<ComparedRun> {
	const { artifacts, runs } = services();
	const run = parseRunId(raw);
	const missing = (error: unknown): never => {
		if (!(error instanceof DomainError) || error.code !== 'not_found') throw error;
		const which = `Run ${shortId(run)} is not here. It may have been deleted.`;
		throw new DomainError('not_found', `${which} Choose two that are in the list.`);
	};
	await runs.state(client, run).catch(missing);
	const [state, config, kept] = await Promise.all([
		runs.state(client, run),
		runs.config(client, run),
		unlessGone(artifacts.get(client, run))
	]);
	return {
		state,
		agents: config.agents,
		inputs: runs.inputs(client, run),
		duration_ms: runs.duration(client, run),
		artifacts: kept?.artifacts ?? null
	};
}
