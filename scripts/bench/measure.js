/** Small tools that the parts of the benchmark share. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { createInterface } from 'node:readline';

export const MIB = 1024 * 1024;
export const GIB = 1024 * MIB;

/** @param {number[]} values */
export function median(values) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/**
 * Measures several ways of doing the same in turn, each round beginning with another one (A B C, B C A, …),
 * so that a machine whose speed drifts is fair to all, and what one leaves to the disk burdens each alike.
 * @template {string} Way
 * @param {number} rounds
 * @param {Record<Way, () => Promise<number>>} ways seconds, or anything else that is compared
 * @returns {Promise<Record<Way, number>>} medians
 */
export async function inTurn(rounds, ways) {
	/** @type {[Way, () => Promise<number>][]} */
	const all = /** @type {any} */ (Object.entries(ways));
	/** @type {Map<Way, number[]>} */
	const taken = new Map(all.map(([name]) => [name, []]));
	for (let i = 0; i < rounds; i++) {
		const first = i % all.length;
		for (const [name, measure] of [...all.slice(first), ...all.slice(0, first)])
			taken.get(name)?.push(await measure());
	}
	return /** @type {Record<Way, number>} */ (
		Object.fromEntries([...taken].map(([name, values]) => [name, median(values)]))
	);
}

/** @param {() => Promise<unknown>} work @returns {Promise<number>} seconds */
export async function seconds(work) {
	const from = performance.now();
	await work();
	return (performance.now() - from) / 1000;
}

/** Resident memory of a process in bytes; NaN where /proc is not there. @param {number} pid */
export function residentBytes(pid) {
	try {
		const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
		return Number(kib) * 1024;
	} catch {
		return NaN;
	}
}

/** Watches a process's memory while `work` goes on. @param {number} pid @param {() => Promise<unknown>} work */
export async function memoryGrowth(pid, work) {
	const before = residentBytes(pid);
	let peak = before;
	const timer = setInterval(() => (peak = Math.max(peak, residentBytes(pid))), 50);
	await work().finally(() => clearInterval(timer));
	return peak - before;
}

/**
 * Starts a program that prints a line with its address, and waits for that line.
 * @param {string[]} args @param {Record<string, string>} env
 */
export async function startProgram(args, env) {
	const from = performance.now();
	const child = spawn(process.execPath, args, {
		stdio: ['ignore', 'pipe', 'inherit'],
		env: { ...process.env, LOG_LEVEL: 'error', HOST: '127.0.0.1', PORT: '0', ...env }
	});
	const url = await new Promise((resolve, reject) => {
		createInterface({ input: child.stdout }).on('line', (line) => {
			const found = /(http:\/\/\S+)/.exec(line)?.[1];
			if (found) resolve(found);
		});
		child.once('exit', (code) => reject(new Error(`${args[0]} ended with ${code}`)));
	});
	return {
		url: String(url),
		pid: child.pid ?? 0,
		startedInMs: performance.now() - from,
		async stop() {
			const gone = once(child, 'exit');
			child.kill('SIGTERM');
			await gone;
		}
	};
}

/** @param {string} storageRoot @param {Record<string, string>} [env] */
export function startRaro(storageRoot, env = {}) {
	return startProgram(['server.js'], { STORAGE_ROOT: storageRoot, SANDBOX: 'off', ...env });
}
