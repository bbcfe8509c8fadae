/** Start-up time and idle memory. */
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { median, MIB, residentBytes, startProgram, startRaro } from './measure.js';

/** @param {string} work @returns {Promise<import('./main.js').Row[]>} */
export async function benchStart(work) {
	const root = path.join(work, 'start');
	const starts = [];
	const bare = [];
	let idle = 0;
	for (let i = 0; i < 6; i++) {
		const baseline = await startProgram(['scripts/bench/baseline-server.js', work], {});
		bare.push(baseline.startedInMs);
		await baseline.stop();
		const raro = await startRaro(root, { SANDBOX: 'auto' });
		// The first start makes the database and the samples; it is not what a restart costs.
		if (i > 0) starts.push(raro.startedInMs);
		if (i === 5) {
			await fetch(`${raro.url}/health`);
			await wait(3000);
			idle = residentBytes(raro.pid);
		}
		await raro.stop();
	}
	const ms = median(starts);
	return [
		{
			name: 'start until it answers',
			ours: `${Math.round(ms)} ms`,
			baseline: `${Math.round(median(bare))} ms node:http`,
			ratio: `${(ms / median(bare)).toFixed(1)}×`,
			target: '≤ 500 ms',
			ok: ms <= 500
		},
		{
			name: 'idle memory',
			ours: `${Math.round(idle / MIB)} MiB`,
			baseline: '',
			ratio: '',
			target: '≤ 120 MB',
			ok: idle <= 120e6
		}
	];
}
