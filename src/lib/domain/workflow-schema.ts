import { z } from 'zod';
import { workflowSchema } from './workflow';

/**
 * The JSON Schema (draft 2020-12) of a workflow as it is imported and put: what has a default may be
 * left out. That names are unique, dependencies exist and nobody waits in a circle is beyond it.
 */
export function workflowJsonSchema(): Record<string, unknown> {
	return {
		title: 'Raro workflow',
		description: 'A named acyclic graph of agents.',
		...z.toJSONSchema(workflowSchema, { io: 'input' })
	};
}
