import { configOf } from '$lib/client/workflow-check';
import { diffWorkflows } from '$lib/client/workflow-diff';
import { workflowIdFor, type Draft } from '$lib/client/workflow-form';
import type { FormConflict } from '$lib/components/workflow/draft-answer';
import { DomainError } from '$lib/domain/errors';
import type { ClientId } from '$lib/domain/ids';
import type { WorkflowConfig } from '$lib/domain/workflow';
import { versionTag } from '$lib/domain/workflow-version';
import { services } from '$lib/server/services';
import { RESERVED_ID } from '$lib/server/workflows/workflows';

/**
 * Stores a draft over the version it began from.
 * @throws DomainError `invalid` with every problem of the draft as `details`; `conflict` with what is
 * different in what was stored meanwhile, or that it was deleted
 */
export async function storeOver(
	client: ClientId,
	draft: Draft,
	over: string | null | undefined
): Promise<void> {
	const config = wholeOf(draft);
	const { workflows } = services();
	try {
		await workflows.put(client, config, over);
	} catch (error) {
		if (!(error instanceof DomainError) || error.code !== 'conflict') throw error;
		const theirs = await workflows.newest(client, config.id);
		const details: FormConflict = {
			over: theirs ? versionTag(theirs) : '',
			theirs: theirs && {
				version: theirs.version,
				created_at: theirs.created_at,
				diff: diffWorkflows(theirs.workflow, config)
			}
		};
		throw new DomainError('conflict', error.message, details);
	}
}

/** Stores a draft as a new workflow, and answers with its id. @throws DomainError as above */
export async function storeNew(client: ClientId, draft: Draft): Promise<string> {
	return storeUnder(client, wholeOf(draft), (taken) => workflowIdFor(draft.name, taken));
}

/** Stores an imported workflow, under its own id where that is free; answers with the id. */
export async function storeImported(client: ClientId, config: WorkflowConfig): Promise<string> {
	return storeUnder(client, config, (taken) =>
		taken.includes(config.id) || config.id === RESERVED_ID
			? workflowIdFor(config.name, taken)
			: config.id
	);
}

/** Others may make workflows at the same time: then it is another id. */
async function storeUnder(
	client: ClientId,
	config: WorkflowConfig,
	idFor: (taken: readonly string[]) => string
): Promise<string> {
	const { workflows } = services();
	for (;;) {
		const id = idFor((await workflows.names(client)).map((one) => one.id));
		try {
			await workflows.put(client, { ...config, id }, null);
			return id;
		} catch (error) {
			if (!(error instanceof DomainError) || error.code !== 'conflict') throw error;
		}
	}
}

function wholeOf(draft: Draft): WorkflowConfig {
	const { config, problems } = configOf(draft);
	if (config) return config;
	throw new DomainError('invalid', problems.map(({ message }) => message).join(' '), problems);
}
