import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig({
	plugins: [tailwindcss(), sveltekit()],
	// Left external, drizzle-orm costs 135 MB of memory and 400 ms of start-up on Node 24.
	ssr: { noExternal: ['drizzle-orm'] },
	test: {
		include: ['src/lib/**/*.test.ts', 'src/routes/**/*.test.ts', 'scripts/**/*.test.ts'],
		environment: 'node',
		testTimeout: 30_000,
		hookTimeout: 30_000,
		maxWorkers: 2
	}
});
