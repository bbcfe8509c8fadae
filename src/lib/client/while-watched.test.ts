import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { whileWatched } from './while-watched';

class Page extends EventTarget {
	visibilityState: DocumentVisibilityState = 'visible';
	turn(to: DocumentVisibilityState) {
		this.visibilityState = to;
		this.dispatchEvent(new Event('visibilitychange'));
	}
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watched(page: Page) {
	const count = { acts: 0 };
	return { count, end: whileWatched(() => (count.acts += 1), 1000, page) };
}

it('acts every so often while the page is seen, and holds no timer while it is not', () => {
	const page = new Page();
	const { count } = watched(page);
	vi.advanceTimersByTime(3000);
	expect(count.acts).toBe(3);
	page.turn('hidden');
	expect(vi.getTimerCount()).toBe(0);
	vi.advanceTimersByTime(60_000);
	expect(count.acts).toBe(3);
	page.turn('visible');
	expect(count.acts).toBe(4);
	vi.advanceTimersByTime(1000);
	expect(count.acts).toBe(5);
});

it('waits for the first look where the page opens in the background', () => {
	const page = new Page();
	page.visibilityState = 'hidden';
	const { count } = watched(page);
	expect(vi.getTimerCount()).toBe(0);
	page.turn('visible');
	expect(count.acts).toBe(1);
});

it('ends for good', () => {
	const page = new Page();
	const { count, end } = watched(page);
	end();
	page.turn('hidden');
	page.turn('visible');
	vi.advanceTimersByTime(5000);
	expect([count.acts, vi.getTimerCount()]).toEqual([0, 0]);
});
