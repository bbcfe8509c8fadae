import { diffWorkflows } from '$lib/client/workflow-diff';
import { notFound } from '$lib/domain/errors';
import { versionTag } from '$lib/domain/workflow-version';
import { clientOf } from '$lib/server/platform/http/api';
import { orErrorPage } from '$lib/server/platform/http/page';
import { services } from '$lib/server/services';
import { named } from '../../../actions/form';
import { restoreVersion } from '../../../actions/restore-version';
import type { Actions, PageServerLoad } from './$types';

/**
 * The versions of a stored workflow, and what one (`?v=<n>`) changed in the one before it, or with
 * `&with=now`: would change in what is stored now.
 */
export const load: PageServerLoad = ({ locals, params, url }) =>
	orErrorPage(async () => {
		const client = clientOf(locals).id;
		const { workflows } = services();
		const now = await workflows.newest(client, params.id);
		if (!now) throw notFound();
		const versions = await workflows.versions(client, params.id);
		const asked = url.searchParams.get('v');
		const at = asked === null ? 0 : versions.findIndex(({ version }) => String(version) === asked);
		const [listed, earlier] = [versions[at], versions[at + 1]];
		if (!listed) throw notFound();
		const shown = await workflows.version(client, params.id, listed.version);
		const withNow = url.searchParams.get('with') === 'now' && listed.version !== now.version;
		const before = withNow
			? now
			: earlier && (await workflows.version(client, params.id, earlier.version));
		return {
			id: params.id,
			name: now.workflow.name,
			versions,
			base: versionTag(now),
			shown: listed.version,
			withNow,
			compared: before ? before.version : null,
			diff: before ? diffWorkflows(before.workflow, shown.workflow) : null
		};
	});

export const actions: Actions = named({ restore: restoreVersion });
