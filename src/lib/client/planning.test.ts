import { expect, it } from 'vitest';
import { whyUnplannable } from './planning';

it('R22 tells why nothing can be planned, and is null when it can', () => {
	const gemini = { model: 'gemini:x', available: true, detail: null };
	expect(whyUnplannable(gemini)).toBeNull();
	expect(whyUnplannable({ ...gemini, available: false, detail: 'No key.' })).toBe(
		'Planning is not possible: No key.'
	);
	expect(whyUnplannable({ ...gemini, model: 'builtin:analyst' })).toMatch(/language model/);
});
