import { expect, it, vi } from 'vitest';
import { Pace } from './pace';

it('does cheap work at once and puts costly work off, but never the last of it', () => {
	vi.useFakeTimers();
	try {
		let now = 0;
		const pace = new Pace(() => now);
		const done: number[] = [];
		const work = (n: number, ms: number) => () => {
			now += ms;
			done.push(n);
		};
		pace.run(work(1, 0));
		pace.run(work(2, 10));
		expect(done).toEqual([1, 2]);
		pace.run(work(3, 10));
		pace.run(work(4, 10));
		expect(done).toEqual([1, 2]);
		now += 80;
		vi.advanceTimersByTime(80);
		expect(done).toEqual([1, 2, 4]);
		pace.run(work(5, 0));
		pace.stop();
		vi.runAllTimers();
		expect(done).toEqual([1, 2, 4]);
	} finally {
		vi.useRealTimers();
	}
});
