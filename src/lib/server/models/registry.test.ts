import { expect, test } from 'vitest';
import { readConfig } from '../platform/config';
import { createModels } from './registry';

const modelsWith = (env: Record<string, string | undefined> = {}) => createModels(readConfig(env));

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
	expect(() => models.resolve('openai:x')).toThrow(/OPENAI_BASE_URL.*OPENAI_API_KEY/);
	expect(() => models.resolve('claude:x')).toThrow('There is no model "claude:x"');
	expect(models.describe().thinking).toMatchObject({ model: 'gemini:x', available: false });
});

test.each([{ OPENAI_BASE_URL: 'http://localhost:11434/v1' }, { OPENAI_API_KEY: 'k' }])(
	'an OpenAI-compatible server or a key makes its models usable: %o',
	(env) => {
		const models = modelsWith({ ...env, MODEL_FAST: 'openai:qwen3:8b' });
		expect(models.resolve('fast')).toBe('openai:qwen3:8b');
		expect(models.get('openai:qwen3:8b').id).toBe('openai:qwen3:8b');
		expect(models.resolve('reasoning')).toBe('builtin:analyst');
		expect(() => models.resolve('gemini:x')).toThrow('GEMINI_API_KEY');
	}
);

test('R18 a price is what the configuration says; the built-in analyst costs nothing', () => {
	const models = modelsWith({
		GEMINI_API_KEY: 'k',
		MODEL_PRICES: '{"gemini:gemini-4-argon": {"input": 2, "output": 12}}'
	});
	expect(models.priced('gemini:gemini-4-argon')).toEqual({ input: 2, output: 12 });
	expect(models.priced('gemini:gemini-3.8-flash')).toBeNull();
	expect(models.priced('builtin:analyst')).toEqual({ input: 0, output: 0 });
});
