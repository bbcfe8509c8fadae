import { expect, test } from 'vitest';
import { readConfig } from '../platform/config';
import { createModels } from './registry';

const modelsWith = (env: Record<string, string> = {}) => createModels(readConfig(env));

test('without configuration the three names mean the built-in analyst', () => {
	const models = modelsWith();
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

test('with a Gemini key they mean Gemini models, where nothing else is said', () => {
	const models = modelsWith({ GEMINI_API_KEY: 'k', MODEL_THINKING: 'builtin:analyst' });
	expect(['fast', 'reasoning', 'thinking'].map(models.resolve)).toEqual([
		'gemini:gemini-3.8-flash',
		'gemini:gemini-4-argon',
		'builtin:analyst'
	]);
	expect(models.get('gemini:gemini-4-argon').id).toBe('gemini:gemini-4-argon');
	expect(models.describe().reasoning.available).toBe(true);
});

test('a model whose provider is not configured is refused, with the variable to set', () => {
	const models = modelsWith({ MODEL_THINKING: 'gemini:x' });
	expect(() => models.resolve('builtin:poet')).toThrow('builtin:analyst');
	expect(() => models.resolve('thinking')).toThrow(/gemini:x.*GEMINI_API_KEY/);
	expect(() => models.get('gemini:x')).toThrow('cannot be used');
	expect(() => models.resolve('claude:x')).toThrow('There is no model "claude:x"');
	expect(models.describe().thinking).toMatchObject({ model: 'gemini:x', available: false });
});
