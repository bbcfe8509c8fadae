import { expect, test } from 'vitest';
import { ConfigError, readConfig } from './config';

test('R43 has a default for everything that it can', () => {
	expect(readConfig({})).toMatchObject({
		HOST: '127.0.0.1',
		PORT: 3000,
		STORAGE_ROOT: './storage',
		MAX_FILE_BYTES: 10 * 1024 ** 3,
		ARTIFACT_RETENTION_HOURS: 168,
		SANDBOX: 'auto'
	});
});

test('R43 an empty variable counts as not set, a number is read', () => {
	expect(readConfig({ PORT: '', MAX_FILE_BYTES: '1000' })).toMatchObject({
		PORT: 3000,
		MAX_FILE_BYTES: 1000
	});
});

test('R43 names every bad value', () => {
	const bad = { PORT: '99999', SANDBOX: 'none', MAX_FILE_BYTES: '1.5', ORIGIN: 'example' };
	expect(() => readConfig(bad)).toThrow(ConfigError);
	for (const name of Object.keys(bad)) expect(() => readConfig(bad)).toThrow(name);
});

test('R44 a refused value that could be a secret is not repeated', () => {
	const bad = { OPENAI_BASE_URL: 'hunter2 at models', MAX_FILE_BYTES: 'lots' };
	expect(() => readConfig(bad)).toThrow(
		/MAX_FILE_BYTES .*\(it is "lots"\)\nOPENAI_BASE_URL must be/
	);
	expect(() => readConfig(bad)).not.toThrow(/hunter2/);
});

test('R43 prices of models are read, and a bad one is named with its place', () => {
	const flash = { input: 0.3, output: 2.5, cached_input: 0.03 };
	const MODEL_PRICES = JSON.stringify({ 'gemini:flash': flash, 'openai:a/b': { ...flash } });
	expect(readConfig({ MODEL_PRICES }).MODEL_PRICES['gemini:flash']).toEqual(flash);
	expect(readConfig({}).MODEL_PRICES).toEqual({});
	for (const [bad, culprit] of [
		['{', 'JSON'],
		['[]', 'expected record'],
		['{"flash": {"input": 1, "output": 1}}', 'flash'],
		['{"gemini:flash": {"input": 1}}', 'gemini:flash → output'],
		['{"gemini:flash": {"input": "1", "output": 1}}', 'gemini:flash → input'],
		['{"gemini:flash": {"input": 1, "output": -1}}', 'gemini:flash → output'],
		['{"gemini:flash": {"input": 1, "output": 1, "inptu": 2}}', 'inptu']
	] as const) {
		expect(() => readConfig({ MODEL_PRICES: bad })).toThrow(/^MODEL_PRICES must be JSON/);
		expect(() => readConfig({ MODEL_PRICES: bad })).toThrow(culprit);
	}
});

test('R44 an address of a service is http and holds no password', () => {
	for (const bad of ['ftp://models/v1', 'http://ann:hunter2@models/v1']) {
		expect(() => readConfig({ OPENAI_BASE_URL: bad })).toThrow('OPENAI_BASE_URL must');
		expect(() => readConfig({ OPENAI_BASE_URL: bad })).not.toThrow(/hunter2/);
	}
	const OPENAI_BASE_URL = 'http://localhost:11434/v1';
	expect(readConfig({ OPENAI_BASE_URL })).toMatchObject({ OPENAI_BASE_URL });
});
