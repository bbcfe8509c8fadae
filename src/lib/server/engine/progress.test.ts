import { expect, test } from 'vitest';
import { nextMoves } from '../../domain/graph';
import type { StepStatus } from '../../domain/run';
import { createProgress } from './progress';
import type { StepStanding } from './step-store';

/** The same sequence every time. */
function createRandom(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
		return Math.floor((state / 2 ** 31) * below);
	};
}

test('R14 finds, step by step, what reading all the rows would find', () => {
	for (let seed = 1; seed <= 40; seed += 1) {
		const random = createRandom(seed);
		const agents = Array.from({ length: 2 + random(12) }, (_, i) => ({
			id: `a${i}`,
			depends_on: Array.from({ length: i === 0 ? 0 : random(4) }, () => `a${random(i)}`)
		}));
		const statuses = new Map<string, StepStatus>(agents.map(({ id }) => [id, 'waiting']));
		// A resumed run: some steps were completed before.
		for (const id of nextMoves(agents, statuses, null).ready)
			if (random(2) === 0 && id !== 'a0') statuses.set(id, 'completed');
		const rows = [...statuses].map(([agentId, status], i): StepStanding => ({
			agentId,
			status,
			epoch: i
		}));
		const progress = createProgress(agents, rows);
		let ready = nextMoves(agents, statuses, null).ready;
		let over = false;
		while (ready.length > 0) {
			expect(over).toBe(false);
			const done = ready[random(ready.length)] ?? '';
			statuses.set(done, 'completed');
			const now = nextMoves(agents, statuses, null);
			const told = progress.complete(done);
			const before = ready;
			expect(told.ready.map((step) => step.agentId).sort()).toEqual(
				now.ready.filter((id) => !before.includes(id)).sort()
			);
			for (const step of told.ready) expect(agents[step.epoch]?.id).toBe(step.agentId);
			({ ready } = now);
			({ over } = told);
		}
		expect(over).toBe(true);
	}
});
