import os from 'node:os';
import type { Config } from '../platform/config';
import { ConfigError } from '../platform/config';
import type { Log } from '../platform/log';
import type { Layout } from '../storage/layout';
import { createLocalSandbox } from './local';
import { createOffSandbox } from './off';
import type { Sandbox } from './sandbox';

/**
 * The sandbox that the configuration asks for. Returns at once; what works on this machine is tried
 * in the background.
 * @throws ConfigError for a kind that this version does not have.
 */
export async function createSandbox(
	config: Pick<Config, 'SANDBOX'>,
	layout: Pick<Layout, 'cache'>,
	log: Log
): Promise<Sandbox> {
	switch (config.SANDBOX) {
		case 'off':
			return createOffSandbox('Code tools are off: SANDBOX=off.');
		case 'e2b':
		case 'native':
			throw new ConfigError(
				`SANDBOX=${config.SANDBOX} is not available in this version; use auto, local or off`
			);
		case 'auto':
		case 'local':
			return createLocalSandbox({
				cache: layout.cache,
				log,
				concurrency: Math.max(1, os.availableParallelism())
			});
	}
}
