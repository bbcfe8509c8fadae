import { afterAll } from 'vitest';
import { sandboxContract } from '../contract';
import { openE2b, type OpenE2b } from './testing';

let e2b: OpenE2b | null = null;
afterAll(() => e2b?.close());

sandboxContract(
	'E2B',
	async () => {
		e2b = await openE2b();
		return e2b?.sandbox() ?? null;
	},
	{ matplotlib: 'real', plt: false, shared: true }
);
