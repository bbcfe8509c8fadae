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
