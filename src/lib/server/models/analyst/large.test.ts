import { describe, expect, it } from 'vitest';
import { localSandboxFor } from '../../sandbox/testing';
import { createBench } from './testing';

/** Orders, the same each time; 900,000 of them are 50 MB. */
function orders(count: number): string {
	let seed = 7;
	const next = (n: number) => (seed = (seed * 1664525 + 1013904223) >>> 0) % n;
	const lines = ['id,when,region,product,price,quantity,comment'];
	for (let i = 1; i <= count; i++) {
		const day = `2024-${String(1 + next(12)).padStart(2, '0')}-${String(1 + next(28)).padStart(2, '0')}`;
		const region = ['north', 'south', 'east', 'west'][next(4)];
		lines.push(
			`${i},${day},${region},P${next(900)},${next(20000) / 100},${1 + next(40)},"note ${next(9999999)}, ok"`
		);
	}
	return lines.join('\n') + '\n';
}

/** Lets the analyst profile `csv` in the real sandbox; returns what it says of the file. */
async function profileOf(csv: string): Promise<Record<string, unknown> | null> {
	const sandbox = (await localSandboxFor('wrapped')) ?? (await localSandboxFor('plain'));
	if (!sandbox) return null;
	const bench = await createBench({ 'orders.csv': csv }, sandbox);
	try {
		const tools = ['list_files', 'execute_javascript'];
		await bench.step({ id: 'p', prompt: 'Write profile.json.', tools }, 'price by region');
		return JSON.parse(String((await bench.outputs()).get('profile.json'))).files[0];
	} finally {
		await bench.remove();
		await sandbox.stop();
	}
}

describe('large files', () => {
	it('profiles 50 MB as a whole within the memory of the sandbox', async (context) => {
		const csv = orders(900_000);
		expect(csv.length).toBeGreaterThan(50e6);
		const file = await profileOf(csv);
		if (!file) return context.skip('no local sandbox on this machine');
		expect(file).toMatchObject({ rows: 900_000, sampled: null });
	}, 120_000);

	it('samples a bigger one and says so', async (context) => {
		const csv = orders(1_200_000);
		const file = await profileOf(csv);
		if (!file) return context.skip('no local sandbox on this machine');
		expect(file.sampled).not.toBeNull();
		expect(file.rows).toBeLessThan(1_200_000);
	}, 120_000);
});
