import { draftOf, emptyAgent, type Draft } from '$lib/client/workflow-form';
import type { UnusableModels } from '$lib/client/workflow-check';
import { DomainError, notFound } from '$lib/domain/errors';
import type { ClientId } from '$lib/domain/ids';
import { MODEL_ROLES } from '$lib/domain/workflow';
import { services } from '$lib/server/services';

/** What the editor of a workflow suggests and warns of. */
export async function editorData(client: ClientId): Promise<{
	models: string[];
	unusable: UnusableModels;
	offline: string | null;
	taken: string[];
}> {
	const { models, sandbox, workflows } = services();
	const described = Object.values(models.describe()).map(({ model }) => model);
	return {
		models: [...new Set([...MODEL_ROLES, ...described, 'builtin:analyst'])],
		unusable: ['gemini:', 'openai:'].flatMap((prefix) => {
			const why = whyNot(() => models.resolve(`${prefix}…`));
			return why === null ? [] : [{ prefix, why }];
		}),
		offline:
			sandbox.describe().kind === 'e2b'
				? null
				: 'On this server it changes nothing: the sandbox here never lets code out.',
		taken: (await workflows.names(client)).map(({ id }) => id)
	};
}

/** A workflow that is not stored yet: a copy of that one, or blank. @throws DomainError `not_found` */
export async function newDraft(client: ClientId, copied: string | null): Promise<Draft> {
	if (copied === null)
		return {
			id: '',
			name: '',
			description: '',
			max_token_budget: '',
			max_cost_usd: '',
			timeout_s: '',
			allow_internet: false,
			agents: [emptyAgent([])]
		};
	const workflow = await services().workflows.get(client, copied);
	if (!workflow) throw notFound();
	return { ...draftOf(workflow), id: '', name: `Copy of ${workflow.name}`.slice(0, 200) };
}

function whyNot(ask: () => unknown): string | null {
	try {
		ask();
		return null;
	} catch (error) {
		if (error instanceof DomainError) return error.message;
		throw error;
	}
}
