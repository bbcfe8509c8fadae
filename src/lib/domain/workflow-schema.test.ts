import { expect, it } from 'vitest';
import { TOOL_NAMES } from './tool-names';
import { workflowJsonSchema } from './workflow-schema';

it('the published schema lets defaults out, refuses unknown fields and knows ids and tools', () => {
	const schema = workflowJsonSchema();
	expect(schema).toMatchObject({
		$schema: 'https://json-schema.org/draft/2020-12/schema',
		title: 'Raro workflow',
		additionalProperties: false,
		required: ['id', 'name', 'agents'],
		properties: {
			agents: {
				minItems: 1,
				items: {
					additionalProperties: false,
					required: ['id', 'prompt'],
					properties: {
						id: { pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$' },
						tools: { items: { enum: [...TOOL_NAMES] } },
						model: { default: 'fast' }
					}
				}
			}
		}
	});
});
