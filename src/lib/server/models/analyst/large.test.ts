import { describe, expect, it } from 'vitest';
import { localSandboxFor } from '../../sandbox/testing';
import { createBench } from './testing';

/** About 50 MB of orders, the same each time. */
function orders(): string {
	let seed = 7;
	const next = (n: number) => (seed = (seed * 1664525 + 1013904223) >>> 0) % n;
	const lines = ['id,when,region,product,price,quantity,comment'];
	for (let i = 1; i <= 800_000; i++) {
		const day = `2024-${String(1 + next(12)).padStart(2, '0')}-${String(1 + next(28)).padStart(2, '0')}`;
		const region = ['north', 'south', 'east', 'west'][next(4)];
		lines.push(
			`${i},${day},${region},P${next(900)},${next(20000) / 100},${1 + next(40)},"note ${next(9999999)}, ok"`
		);
	}
	return lines.join('\n') + '\n';
}

describe('a file of 50 MB', () => {
	it.runIf(process.env.LARGE_FILES)(
		'is profiled as a whole in the sandbox',
		async (context) => {
			const sandbox = (await localSandboxFor('wrapped')) ?? (await localSandboxFor('plain'));
			if (!sandbox) return context.skip('no local sandbox on this machine');
			const bench = await createBench({ 'orders.csv': orders() }, sandbox);
			const tools = ['list_files', 'execute_javascript'];
			const started = performance.now();
			await bench.step({ id: 'p', prompt: 'Write profile.json.', tools }, 'price by region');
			const seconds = ((performance.now() - started) / 1000).toFixed(1);
			const peak = Math.round((sandbox.last?.peakBytes ?? 0) / 1048576);
			console.log(`profiled 50 MB in ${seconds} s, peak ${peak} MiB in the sandbox`);
			const profile = JSON.parse(String((await bench.outputs()).get('profile.json')));
			await bench.remove();
			await sandbox.stop();
			expect(profile.files[0]).toMatchObject({ rows: 800_000, sampled: null });
		},
		120_000
	);
});
