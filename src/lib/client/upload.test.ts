import { describe, expect, it } from 'vitest';
import { errorFrom } from './api';
import { uploadProblem } from './upload';

const limits = { file_bytes: 1000, library_bytes: 1500, artifact_bytes: 0 };

describe('uploadProblem', () => {
	it('lets through what fits', () => {
		expect(uploadProblem({ name: 'a.csv', size: 1000 }, limits, 500)).toBeNull();
	});

	it('R10 names the size limit of a file', () => {
		expect(uploadProblem({ name: 'a.csv', size: 1001 }, limits, 0)).toContain('at most 1000 B');
	});

	it('R10 names what is left of the quota', () => {
		expect(uploadProblem({ name: 'a.csv', size: 900 }, limits, 1000)).toContain('only 500 B left');
	});

	it('R9 names what is wrong with a name', () => {
		expect(uploadProblem({ name: '.env', size: 1 }, limits, 0)).toContain('cannot start with "."');
	});
});

describe('errorFrom', () => {
	it("keeps the server's code and message", () => {
		const error = errorFrom(409, '{"code":"conflict","message":"The name is taken."}');
		expect([error.status, error.code, error.message]).toEqual([
			409,
			'conflict',
			'The name is taken.'
		]);
	});

	it('says the status when a proxy answers with a page', () => {
		expect(errorFrom(502, '<html>').message).toBe('The server answered with an error (502).');
	});
});
