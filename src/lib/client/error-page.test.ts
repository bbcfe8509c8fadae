import { expect, it } from 'vitest';
import { notFound } from '$lib/domain/errors';
import { errorWords } from './error-page';

it('says once that nothing is here, and leads to what is like it', () => {
	for (const told of ['Not Found', notFound().message]) {
		const words = errorWords(404, told, '/workflows/gone/edit');
		expect(words).toMatchObject({ title: 'Nothing is here', message: null });
		expect(words.advice).toMatch(/mistyped/);
		expect(words.back).toMatchObject({ href: '/workflows', text: 'See the workflows' });
	}
	expect(errorWords(404, 'Not Found', '/runs/1').back.href).toBe('/runs');
	expect(errorWords(404, 'Not Found', '/runsome').back.href).toBe('/');
});

it('adds nothing to a reason that says what to do', () => {
	const told = 'It comes with Raro and cannot be changed. Duplicate it.';
	expect(errorWords(403, told, '/workflows/data-profile/edit')).toMatchObject({
		title: 'This is not allowed',
		message: told,
		advice: ''
	});
	expect(errorWords(422, 'Choose two different runs.', '/runs/compare')).toMatchObject({
		title: 'These cannot be compared',
		message: 'Choose two different runs.',
		back: { href: '/runs', text: 'Choose two runs' }
	});
	expect(errorWords(422, told, '/plan').title).toBe('This cannot be done');
});

it('leads to the log when the server is at fault, wherever that was', () => {
	for (const path of ['/runs/1', '/runs/compare', '/plan']) {
		const words = errorWords(500, 'Something went wrong in the server.', path);
		expect(words).toMatchObject({ title: 'Something went wrong on the server', message: null });
		expect(words.advice).toMatch(/number below/);
	}
	expect(errorWords(410, 'Its artifacts have expired.', '/x').advice).toMatch(/pin their run/);
});
