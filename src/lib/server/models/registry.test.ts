import { expect, test } from 'vitest';
import { createModels } from './registry';

const unset = { MODEL_FAST: undefined, MODEL_REASONING: undefined, MODEL_THINKING: undefined };

test('without configuration the three names mean the built-in analyst', () => {
	const models = createModels(unset);
	for (const name of ['fast', 'reasoning', 'thinking', 'builtin:analyst'])
		expect(models.resolve(name)).toBe('builtin:analyst');
	expect(models.get('builtin:analyst').id).toBe('builtin:analyst');
	expect(models.get('builtin:analyst')).toBe(models.get('builtin:analyst'));
	expect(models.describe().fast).toEqual({
		model: 'builtin:analyst',
		available: true,
		detail: null
	});
});

test('a model whose provider is not configured is refused by name', () => {
	const models = createModels({ ...unset, MODEL_THINKING: 'gemini:x' });
	expect(() => models.resolve('openai:llama')).toThrow('"openai" is not configured');
	expect(() => models.resolve('builtin:poet')).toThrow('builtin:analyst');
	expect(() => models.resolve('thinking')).toThrow('gemini:x');
	expect(() => models.get('gemini:x')).toThrow('cannot be used');
	expect(models.describe().thinking).toMatchObject({ model: 'gemini:x', available: false });
});
