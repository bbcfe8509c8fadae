import { expect, test } from 'vitest';
import { guideFor } from './guide';

const numpy = { module: 'numpy', version: '2.4.6' };
const pandas = { module: 'pandas', version: '3.0.2' };

test('the default sandbox promises no package and says so', () => {
	const guide = guideFor('python');
	expect(guide).toContain('numpy, pandas and other packages are not there.');
	expect(guide).toContain('a subset of matplotlib');
	expect(guide).not.toMatch(/can be imported|real one|calamine/);
});

test('installed packages are named with versions, and change no other promise', () => {
	const guide = guideFor('python', [numpy, pandas]);
	expect(guide).toContain('Packages that can be imported: numpy 2.4.6, pandas 3.0.2. No others.');
	expect(guide).toContain('a subset of matplotlib');
	expect(guide).not.toMatch(/are not there|calamine/);
	expect(guideFor('javascript', [numpy])).toBe(guideFor('javascript'));
});

test('the real matplotlib and the way to Excel files are told only when they are there', () => {
	const matplotlib = { module: 'matplotlib', version: '3.10.8' };
	const calamine = { module: 'python_calamine', version: '0.4.0' };
	const guide = guideFor('python', [numpy, pandas, matplotlib, calamine]);
	expect(guide).toContain('matplotlib is the real one');
	expect(guide).not.toContain('a subset of matplotlib');
	expect(guide).toContain('engine="calamine"');
	expect(guideFor('python', [numpy, calamine])).not.toContain('engine="calamine"');
});
