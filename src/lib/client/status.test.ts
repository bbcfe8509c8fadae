import { expect, it } from 'vitest';
import { RUN_STATUSES, STEP_STATUSES } from '$lib/domain/run';
import { adviceFor, elapsedMs, isBudget, markOf, startOf } from './status';

it('has a lamp and a word for every status', () => {
	for (const status of [...RUN_STATUSES, ...STEP_STATUSES])
		expect(markOf(status).word).toMatch(/^[A-Z]/);
	expect(markOf('running').lamp).toBe('linked');
	expect(markOf('failed').lamp).toBe('failed');
});

it('counts until the end, until now while there is none, and never below zero', () => {
	const start = '2026-11-21T12:00:00Z';
	expect(elapsedMs(null, null, 0)).toBeNull();
	expect(elapsedMs(start, '2026-11-21T12:00:05Z', 0)).toBe(5000);
	expect(elapsedMs(start, null, Date.parse(start) + 700)).toBe(700);
	expect(elapsedMs(start, null, Date.parse(start) - 9000)).toBe(0);
});

it('does not count the time of an attempt before the one that is awaited', () => {
	const started_at = '2026-11-21T12:00:00Z';
	expect(startOf({ status: 'waiting', started_at })).toBeNull();
	expect(startOf({ status: 'completed', started_at })).toBe(started_at);
});

it('R18 has advice for the named reasons and for any other', () => {
	expect(adviceFor('step_timeout')).toContain('too long');
	expect(adviceFor('token_budget')).toContain('token budget');
	expect(adviceFor('cost_budget')).toContain('cost budget');
	expect(adviceFor('something_else')).toContain('Resume');
});

it.each([
	'model_auth',
	'model_rate_limited',
	'model_quota',
	'model_unavailable',
	'model_bad_request',
	'model_refused',
	'model_incomplete',
	'model_malformed',
	'model_empty',
	'model_output_limit',
	'model_first_byte_timeout',
	'model_idle_timeout',
	'model_turn_timeout',
	'token_budget',
	'cost_budget',
	'approval_refused'
])('R18 R20 has advice of its own for %s', (code) => {
	const general = [adviceFor('model_x'), adviceFor('x_timeout'), adviceFor('x')];
	expect(general).not.toContain(adviceFor(code));
});

it('says what a person has to do where a person is waited for', () => {
	expect(markOf('awaiting_approval')).toEqual({ lamp: 'linked', word: 'Needs you' });
});

it('R18 knows what only a larger budget helps with', () => {
	expect(['token_budget', 'cost_budget', 'model_quota', undefined].map(isBudget)).toEqual([
		true,
		true,
		false,
		false
	]);
});
