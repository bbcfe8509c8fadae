import { randomUUID } from 'node:crypto';
import os from 'node:os';
import type { Config } from '../platform/config';
import { ConfigError } from '../platform/config';
import type { Log } from '../platform/log';
import type { Layout } from '../storage/layout';
import { createE2bSandbox } from './e2b/e2b';
import { instanceOf } from './e2b/instance';
import { createLocalSandbox } from './local';
import { whyImpossible } from './native/interpreter';
import { createNativeSandbox } from './native/native';
import { createOffSandbox } from './off';
import { findPackages } from './packages/installed';
import type { Sandbox } from './sandbox';

type E2bConfig = Pick<Config, `E2B_${'API_KEY' | 'API_URL' | 'SANDBOX_URL' | 'TEMPLATE'}`>;

/**
 * The sandbox that the configuration asks for. What works on this machine is tried in the background;
 * only what can be imported is waited for, because it is part of what models are told.
 * `auto` is E2B when there is a key for it, and otherwise local.
 * @throws ConfigError for a kind that this machine does not have, and for E2B without a key.
 */
export async function createSandbox(
	config: Pick<Config, 'SANDBOX'> & Partial<E2bConfig>,
	layout: Pick<Layout, 'cache' | 'packages'>,
	log: Log
): Promise<Sandbox> {
	const concurrency = Math.max(1, os.availableParallelism());
	const local = async () =>
		createLocalSandbox({
			cache: layout.cache,
			log,
			concurrency,
			packages: await findPackages(layout.packages, log)
		});
	switch (config.SANDBOX) {
		case 'off':
			return createOffSandbox('Code tools are off: SANDBOX=off.');
		case 'native': {
			const missing = whyImpossible();
			if (missing) throw new ConfigError(`SANDBOX=native cannot be had here: ${missing}`);
			const javascript = createLocalSandbox({ cache: layout.cache, log, concurrency });
			return createNativeSandbox({ javascript, log, concurrency });
		}
		case 'e2b':
		case 'auto':
			if (config.E2B_API_KEY !== undefined)
				return createE2bSandbox({
					apiKey: config.E2B_API_KEY,
					apiUrl: config.E2B_API_URL,
					sandboxUrl: config.E2B_SANDBOX_URL,
					template: config.E2B_TEMPLATE ?? 'code-interpreter-v1',
					instance: await instanceOf(layout.cache),
					log,
					now: () => new Date(),
					newId: randomUUID
				});
			if (config.SANDBOX === 'e2b')
				throw new ConfigError('SANDBOX=e2b needs a key: set E2B_API_KEY, or use auto or local');
			return local();
		case 'local':
			return local();
	}
}
