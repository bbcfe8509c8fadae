import { describe, expect, it } from 'vitest';
import { confirm, pendingQuestion } from './confirm.svelte';
import { dismissToast, shownToasts, toast } from './toasts.svelte';

const QUESTION = { title: 'Delete?', message: 'For good.', action: 'Delete' };

describe('confirm', () => {
	it('is true only when the person pressed the action', async () => {
		const answer = confirm(QUESTION);
		pendingQuestion()?.answer(true);
		expect(await answer).toBe(true);
		expect(pendingQuestion()).toBeNull();
	});

	it('takes a second question as a no to the first', async () => {
		const first = confirm(QUESTION);
		const second = confirm({ ...QUESTION, title: 'Clear?' });
		expect(await first).toBe(false);
		expect(pendingQuestion()?.title).toBe('Clear?');
		pendingQuestion()?.answer(false);
		expect(await second).toBe(false);
	});
});

describe('toasts', () => {
	it('keep their order and leave one by one', () => {
		toast({ message: 'one' });
		toast({ message: 'two', tone: 'error' });
		expect(shownToasts().map((t) => [t.message, t.tone])).toEqual([
			['one', 'info'],
			['two', 'error']
		]);
		dismissToast(shownToasts()[0]?.id ?? 0);
		expect(shownToasts().map((t) => t.message)).toEqual(['two']);
	});

	it('make room for new ones', () => {
		for (const { id } of shownToasts()) dismissToast(id);
		for (let n = 1; n <= 9; n++) toast({ message: `number ${n}` });
		expect(shownToasts().map((t) => t.message)).toEqual(['number 7', 'number 8', 'number 9']);
	});

	it('that say the same again stand there once, as the newest, and count', () => {
		for (const { id } of shownToasts()) dismissToast(id);
		const said = () => shownToasts().map(({ message, tone, times }) => [message, tone, times]);
		toast({ message: 'no way', tone: 'error' });
		const first = shownToasts()[0]?.id;
		toast({ message: 'done' });
		toast({ message: 'no way', tone: 'error' });
		toast({ message: 'no way' });
		expect(said()).toEqual([
			['done', 'info', 1],
			['no way', 'error', 2],
			['no way', 'info', 1]
		]);
		// Another element: it is read out again, and its time begins anew.
		expect(shownToasts().map(({ id }) => id)).not.toContain(first);
		toast({ message: 'no way', href: '/runs/1' });
		expect(shownToasts().filter(({ times }) => times > 1)).toHaveLength(1);
	});

	it('that tell of errors stay, whatever comes after', () => {
		for (const { id } of shownToasts()) dismissToast(id);
		const messages = () => shownToasts().map((t) => t.message);
		toast({ message: 'failed', tone: 'error' });
		for (let n = 1; n <= 9; n++) toast({ message: `number ${n}` });
		expect(messages()).toEqual(['failed', 'number 8', 'number 9']);
		for (let n = 2; n <= 4; n++) toast({ message: `failed ${n}`, tone: 'error' });
		expect(messages()).toEqual(['failed', 'failed 2', 'failed 3', 'failed 4']);
		toast({ message: 'the newest' });
		expect(messages().at(-1)).toBe('the newest');
	});
});
