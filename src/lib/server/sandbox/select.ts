import os from 'node:os';
import type { Config } from '../platform/config';
import { ConfigError } from '../platform/config';
import type { Log } from '../platform/log';
import type { Layout } from '../storage/layout';
import { createLocalSandbox } from './local';
import { whyImpossible } from './native/interpreter';
import { createNativeSandbox } from './native/native';
import { createOffSandbox } from './off';
import type { Sandbox } from './sandbox';

/**
 * The sandbox that the configuration asks for. What works on this machine is tried in the background;
 * only `native` is waited for, because what can be imported is part of what models are told.
 * @throws ConfigError for a kind that this version, or this machine, does not have.
 */
export async function createSandbox(
	config: Pick<Config, 'SANDBOX'>,
	layout: Pick<Layout, 'cache'>,
	log: Log
): Promise<Sandbox> {
	const concurrency = Math.max(1, os.availableParallelism());
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
			throw new ConfigError(
				`SANDBOX=${config.SANDBOX} is not available in this version; use auto, local or off`
			);
		case 'auto':
		case 'local':
			return createLocalSandbox({
				cache: layout.cache,
				log,
				concurrency
			});
	}
}
