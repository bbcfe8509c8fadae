/** Runs under the project's own Node; see scripts/bench.js. */
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { benchEngine } from './engine.js';
import { benchTransfers } from './transfers.js';
import { benchOpening } from './opening.js';
import { benchStart } from './start.js';
import { benchStorage } from './storage.js';

/** @typedef {{name: string, ours: string, baseline: string, ratio: string, target: string, ok: boolean | null}} Row */

const parts = {
	start: benchStart,
	transfers: benchTransfers,
	storage: benchStorage,
	engine: benchEngine,
	opening: benchOpening
};

// On the disk of the checkout: a temp folder in memory would flatter every figure.
const work = mkdtempSync(path.join(process.cwd(), '.cache-bench-'));
/** @type {Row[]} */
const rows = [];
try {
	const wanted = process.argv.slice(2);
	for (const [name, part] of Object.entries(parts)) {
		if (wanted.length > 0 && !wanted.includes(name)) continue;
		console.error(`measuring ${name} …`);
		rows.push(...(await part(work)));
	}
} finally {
	rmSync(work, { recursive: true, force: true });
}
print(rows);

/** @param {Row[]} table */
function print(table) {
	const head = ['what', 'Raro', 'baseline', 'ratio', 'to reach', ''];
	const cells = [
		head,
		...table.map((r) => [
			r.name,
			r.ours,
			r.baseline,
			r.ratio,
			r.target,
			r.ok === null ? '' : r.ok ? 'reached' : 'MISSED'
		])
	];
	const widths = head.map((_, i) => Math.max(...cells.map((row) => (row[i] ?? '').length)));
	cells.forEach((row, i) => {
		console.log(`| ${row.map((cell, c) => cell.padEnd(widths[c] ?? 0)).join(' | ')} |`);
		if (i === 0) console.log(`|${widths.map((w) => '-'.repeat(w + 2)).join('|')}|`);
	});
}
