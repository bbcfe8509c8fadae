import { redirect } from '@sveltejs/kit';
import { compareRuns, type ComparedRun } from '$lib/client/compare-runs';
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
			redirect(303, `/runs/compare?${new URLSearchParams({ a: older, b: newer }).toString()}`);
		const [a, b] = [url.searchParams.get('a'), url.searchParams.get('b')];
		if (a === null || b === null || a === b)
			throw new DomainError('invalid', 'Choose two different runs in the list, then compare them.');
		const [left, right] = await Promise.all([sideOf(id, a), sideOf(id, b)]);
		return {
			a: left.state,
			b: right.state,
			expired: { a: left.artifacts === null, b: right.artifacts === null },
			found: compareRuns(left, right)
		};
	});

async function sideOf(client: ClientId, raw: string): Promise<ComparedRun> {
	const { artifacts, runs } = services();
	const { run, state } = await findRun(client, raw);
	const [config, kept] = await Promise.all([
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

async function findRun(client: ClientId, raw: string) {
	try {
		const run = parseRunId(raw);
		return { run, state: await services().runs.state(client, run) };
	} catch (error) {
		if (!(error instanceof DomainError) || error.code !== 'not_found') throw error;
		const which = `Run ${shortId(raw)} is not here. It may have been deleted.`;
		throw new DomainError('not_found', `${which} Choose two that are in the list.`);
	}
}
