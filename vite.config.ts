import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig({
	plugins: [tailwindcss(), sveltekit()],
	// Left external, drizzle-orm costs 135 MB of memory and 400 ms of start-up on Node 24.
	ssr: { noExternal: ['drizzle-orm'] },
	test: {
		maxWorkers: 2,
		testTimeout: 60_000,
		hookTimeout: 60_000,
		projects: [
			{
				extends: true,
				test: {
					name: 'unit',
					environment: 'node',
					include: ['src/{lib,routes}/**/*.test.ts', 'scripts/**/*.test.ts']
				}
			},
			{
				// Against the built server; `npm test` builds first.
				extends: true,
				test: { name: 'http', environment: 'node', include: ['src/tests/http/**/*.test.ts'] }
			}
		]
	}
});
