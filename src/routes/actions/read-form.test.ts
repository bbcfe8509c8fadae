import { describe, expect, it } from 'vitest';
import { DomainError } from '$lib/domain/errors';
import { fileName, localPath, optional, runId, textList } from './fields';
import { fieldsOf } from './read-form';
import { z } from 'zod';

const RUN = '0b2f6d1e-8c55-4f6b-9c1a-2d3e4f5a6b7c';

describe('fieldsOf', () => {
	it('makes a list only of what was sent more than once', () => {
		const form = new FormData();
		form.append('user_directive', 'find churn');
		form.append('attached_files', 'a.csv');
		form.append('attached_files', 'b.csv');
		expect(fieldsOf(form)).toEqual({
			user_directive: 'find churn',
			attached_files: ['a.csv', 'b.csv']
		});
	});

	it('leaves files out: they go through the streaming upload only', () => {
		const form = new FormData();
		form.append('files', new File(['x'], 'x.csv'));
		expect(fieldsOf(form)).toEqual({});
	});
});

describe('form fields', () => {
	it('takes attachments that were sent never, once or often', () => {
		expect(textList.parse(undefined)).toEqual([]);
		expect(textList.parse('a.csv')).toEqual(['a.csv']);
		expect(textList.parse(['a.csv', 'b.csv'])).toEqual(['a.csv', 'b.csv']);
	});

	it('R9 refuses a name that could leave its folder', () => {
		expect(() => fileName.parse('../raro.db')).toThrow(DomainError);
		expect(fileName.parse('Bericht (2).csv')).toBe('Bericht (2).csv');
	});

	it('R34 answers an id of the wrong shape as something that never existed', () => {
		expect(() => runId.parse('../x')).toThrow(expect.objectContaining({ code: 'not_found' }));
		expect(runId.parse(RUN)).toBe(RUN);
	});

	it('reads an empty field as one that was left out', () => {
		const version = optional(z.coerce.number().int());
		expect(version.parse('')).toBeUndefined();
		expect(version.parse('3')).toBe(3);
	});

	it.each([
		['/runs/1?x=2', '/runs/1?x=2'],
		['https://evil.example/', '/'],
		['//evil.example/', '/'],
		['/\\evil.example/', '/'],
		['javascript:alert(1)', '/'],
		[undefined, '/']
	])('goes back within this site only: %s', (raw, path) => {
		expect(localPath.parse(raw)).toBe(path);
	});
});
