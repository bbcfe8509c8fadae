import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';

/** No test leaves loopback. */
const setupFiles = ['src/tests/support/loopback-only-setup.ts'];

/**
 * What four or more pages and viewers share comes in one file: a third of the requests, and fewer bytes
 * as sent, than a file for each combination. With two or three, pages would bring what they do not need.
 */
const codeSplitting = { groups: [{ name: 'base', minShareCount: 4 }] };

export default defineConfig({
	plugins: [tailwindcss(), sveltekit()],
	environments: { client: { build: { rolldownOptions: { output: { codeSplitting } } } } },
	// Left external, drizzle-orm costs 135 MB of memory and 400 ms of start-up on Node 24.
	ssr: { noExternal: ['drizzle-orm'] },
	test: {
		maxWorkers: 2,
		// Only to end what hangs: a busy machine may be ten times slower than a quiet one.
		testTimeout: 180_000,
		hookTimeout: 180_000,
		expect: { poll: { timeout: 60_000 } },
		projects: [
			{
				extends: true,
				test: {
					name: 'unit',
					environment: 'node',
					setupFiles,
					include: [
						'src/{lib,routes}/**/*.test.ts',
						'src/tests/support/**/*.test.ts',
						'scripts/**/*.test.ts'
					]
				}
			},
			{
				// Against the built server; `npm test` builds first.
				extends: true,
				test: {
					name: 'http',
					environment: 'node',
					setupFiles,
					include: ['src/tests/http/**/*.test.ts']
				}
			}
		]
	}
});
