import { execFile } from 'node:child_process';
import fs from 'node:fs';

const PAGE_BYTES = 4096;

/** Resident bytes of a process and all it started; 0 when it is gone or cannot be measured. */
export async function residentBytes(pid: number): Promise<number> {
	if (process.platform === 'linux') return treeFromProc(pid);
	if (process.platform === 'win32') return 0;
	return new Promise((resolve) => {
		execFile('ps', ['-o', 'rss=', '-p', String(pid)], (error, out) =>
			resolve(error ? 0 : Number(out.trim()) * 1024 || 0)
		);
	});
}

function treeFromProc(root: number): number {
	let total = 0;
	const waiting = [root];
	for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
		try {
			const statm = fs.readFileSync(`/proc/${pid}/statm`, 'utf8');
			total += Number(statm.split(' ')[1]) * PAGE_BYTES;
			const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
			if (children) waiting.push(...children.split(' ').map(Number));
		} catch {
			// It ended between two looks.
		}
	}
	return total;
}
