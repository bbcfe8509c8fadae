import { MODEL_ROLES } from '$lib/domain/workflow';
import { services } from '$lib/server/services';

/** What the form of a workflow suggests and warns of. */
export function editorData(): { models: string[]; offline: string | null } {
	const { models, sandbox } = services();
	const described = Object.values(models.describe()).map(({ model }) => model);
	return {
		models: [...new Set([...MODEL_ROLES, ...described, 'builtin:analyst'])],
		offline:
			sandbox.describe().kind === 'e2b'
				? null
				: 'On this server it changes nothing: the sandbox here never lets code out.'
	};
}
