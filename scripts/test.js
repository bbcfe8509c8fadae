/**
 * `npm test`: installs what is missing, then lint, type check, unit tests, build, HTTP tests and browser
 * tests. Runs all of them even when one fails, and closes with one line that counts everything.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, install, nodeBinary, run } from './lib/project.js';
import { findChromium, provideSandboxParts } from './lib/system.js';

install();
provideSandboxParts();
const chromium = findChromium();
const reports = mkdtempSync(path.join(tmpdir(), 'raro-reports-'));
const total = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const failures = [];

/** @param {string} name @param {{passed: number, failed: number, skipped: number}} counts */
function add(name, counts) {
	total.passed += counts.passed;
	total.failed += counts.failed;
	total.skipped += counts.skipped;
	if (counts.failed > 0) failures.push(`${name}: ${counts.failed} failed`);
}

/** @param {string} name @param {string} script @param {string[]} args */
function check(name, script, args) {
	console.log(`\n── ${name} ──`);
	const ok = run(nodeBinary(), [path.join('node_modules', script), ...args]) === 0;
	add(name, { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });
}

/**
 * Runs a test runner that writes a JSON report, and counts what the report says. A runner that fails
 * without a failed test (a file that does not load, say) counts as one failure.
 * @param {string} name @param {string[]} args @param {(report: any) => {passed: number, failed: number, skipped: number}} count
 * @param {Record<string, string>} env
 */
function suite(name, args, count, env) {
	console.log(`\n── ${name} ──`);
	const status = run(nodeBinary(), args, env);
	let counts = { passed: 0, failed: 0, skipped: 0 };
	try {
		counts = count(JSON.parse(readFileSync(path.join(reports, `${name}.json`), 'utf8')));
	} catch {
		console.error(`The ${name} tests left no report.`);
	}
	if (counts.failed === 0 && (status !== 0 || counts.passed === 0)) counts.failed = 1;
	add(name, counts);
}

/** @param {any} report */
const countVitest = (report) => ({
	passed: report.numPassedTests,
	failed: report.numFailedTests,
	skipped: report.numPendingTests + report.numTodoTests
});

/** @param {any} report */
const countPlaywright = (report) => ({
	passed: report.stats.expected + report.stats.flaky,
	failed: report.stats.unexpected,
	skipped: report.stats.skipped
});

/** @param {string} name @param {string[]} extra */
const vitest = (name, extra) => [
	path.join('node_modules', 'vitest', 'vitest.mjs'),
	'run',
	...extra,
	'--reporter=default',
	'--reporter=json',
	`--outputFile.json=${path.join(reports, `${name}.json`)}`
];

build();
check('format', 'prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']);
check('lint', 'eslint/bin/eslint.js', ['.']);
check('types', 'svelte-check/bin/svelte-check', ['--tsconfig', './tsconfig.json']);
suite('unit', vitest('unit', ['--project', 'unit']), countVitest, {});
suite('http', vitest('http', ['--project', 'http']), countVitest, {});
if (chromium)
	suite(
		'browser',
		[path.join('node_modules', '@playwright', 'test', 'cli.js'), 'test', '--reporter=line,json'],
		countPlaywright,
		{
			PLAYWRIGHT_JSON_OUTPUT_NAME: path.join(reports, 'browser.json'),
			...(chromium.path ? { CHROMIUM_PATH: chromium.path } : {})
		}
	);
else add('browser: no Chromium could be found or installed', { passed: 0, failed: 1, skipped: 0 });

rmSync(reports, { recursive: true, force: true });
console.log(`\n${failures.join('\n')}`);
if (total.skipped > 0) console.warn(`WARNING: ${total.skipped} tests were skipped; see above why.`);
console.log(
	`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`
);
process.exit(total.failed > 0 ? 1 : 0);
