import { expect, it } from 'vitest';
import { onRunChange, tellRunChange } from './run-changes';

it('the page on screen takes a change over by itself; only otherwise it is loaded anew', async () => {
	const told: string[] = [];
	const tell = (run_id: string) =>
		tellRunChange({ run_id, done: 'stopped' }, () => told.push(`${run_id} loaded`));
	await tell('a');
	const unhear = onRunChange(({ run_id, done }) => told.push(`${run_id} ${done}`));
	await tell('b');
	unhear();
	await tell('c');
	expect(told).toEqual(['a loaded', 'b stopped', 'c loaded']);
});
