import type { Log } from '../platform/log';
import { candidates, probeCommand, type Launcher } from './launcher';
import { endProcess, launch } from './process';
import type { Runtime } from './runtime';

const PROBE_MS = 20_000;

/** The strongest way to start a sandbox that works on this machine, by trying; null when none does. */
export async function probeLaunchers(
	runtime: Runtime,
	tier: Launcher['tier'] | undefined,
	signal: AbortSignal,
	log: Log
): Promise<Launcher | null> {
	for (const launcher of candidates()) {
		if (tier && launcher.tier !== tier) continue;
		const problem = await tryLauncher(launcher, runtime, signal);
		if (problem === null) return launcher;
		log.info({ ...launcher, problem }, 'a sandbox tier is not usable here');
	}
	return null;
}

function tryLauncher(
	launcher: Launcher,
	runtime: Runtime,
	signal: AbortSignal
): Promise<string | null> {
	return new Promise((resolve) => {
		if (signal.aborted) return resolve('stopped');
		const child = launch(probeCommand(launcher, runtime), runtime.empty);
		let out = '';
		let said = '';
		const end = () => endProcess(child);
		const limit = setTimeout(end, PROBE_MS);
		signal.addEventListener('abort', end, { once: true });
		const settle = (problem: string | null) => {
			clearTimeout(limit);
			signal.removeEventListener('abort', end);
			resolve(problem);
		};
		child.stdout?.on('data', (chunk: Buffer) => (out = (out + chunk).slice(0, 2000)));
		child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk).slice(0, 2000)));
		child.once('error', (error) => settle(error.message));
		child.once('close', (code) =>
			settle(code === 0 && out.startsWith('deno ') ? null : said.trim() || `exit code ${code}`)
		);
	});
}
