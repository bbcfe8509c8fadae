import { z } from 'zod';
import { createGathering } from '../outcome';
import type { SandboxEnd, SandboxJob, SandboxResult } from '../sandbox';
import type { Box } from './box';
import { execute, type Execution } from './execute';
import { callFolder, COLLECT, FILES, PREPARE, python } from './programs';
import { manifest, MOST_ENTRIES, receiveFiles, sortOut } from './receive';
import { programName, runner } from './runners';
import { notBrought, sendInputs, type Digested } from './send';
import { ask } from './trusted';
import { steadily } from './trouble';

const prepared = z.strictObject({
	missing: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(100_000),
	/** Nanoseconds: too many for a number. */
	mark: z.string().regex(/^\d{1,20}$/)
});
const outcome = z.object({
	ok: z.boolean(),
	reason: z.enum(['error', 'memory']).nullable(),
	error: z.string().max(64_000).nullable()
});

export interface CallDeps {
	digestOf(file: SandboxJob['files'][number]): Promise<string>;
	newId: () => string;
	retryMs: readonly number[];
	/** The sandbox cannot be trusted any more. */
	abandon(): void;
	/** Agents' code is about to run: from here on nothing is repeated. */
	beginning(): void;
}

/** The time was over before the code could begin. */
export class NotReady extends Error {
	override readonly name = 'NotReady';
}

/** One call in the run's sandbox, from its inputs to its files. @throws SandboxLost · NotReady · DomainError */
export async function runCall(
	box: Box,
	job: SandboxJob,
	signal: AbortSignal,
	deps: CallDeps
): Promise<SandboxResult> {
	const started = performance.now();
	const elapsed = () => Math.round(performance.now() - started);
	const id = deps.newId();
	const folder = callFolder(id);
	const retry = deps.retryMs;
	const late = new AbortController();
	const timer = setTimeout(() => late.abort(new NotReady()), job.timeoutMs);
	try {
		const inputs: Digested[] = [];
		for (const file of job.files) inputs.push({ ...file, digest: await deps.digestOf(file) });
		const mark = await prepare(inputs, AbortSignal.any([signal, late.signal]));
		clearTimeout(timer);
		deps.beginning();

		const gathering = createGathering();
		const limitMs = Math.max(1000, job.timeoutMs - elapsed());
		const execution = await execute(
			box,
			{
				call: id,
				folder,
				command: runner(job.language, folder),
				timeoutMs: limitMs,
				onPrinted: (stream, text) => gathering.print(stream, Buffer.from(text))
			},
			retry,
			signal,
			deps.abandon
		);
		const ended = endOf(execution, limitMs);
		if (ended) return withGap(gathering.result(ended, elapsed()), execution);

		const command = python(COLLECT, id, folder, mark, String(MOST_ENTRIES));
		const listed = await ask(box, command, manifest, retry, signal);
		const known = new Map(inputs.map(({ name, digest }) => [name, digest]));
		const { wanted, refused } = sortOut(listed, folder, known);
		const received = await receiveFiles(box, wanted, retry, signal);
		const message = verdict(execution, listed.outcome);
		gathering.finish(Buffer.from(JSON.stringify(message)));
		return {
			...withGap(gathering.result(null, elapsed()), execution),
			files: received.files,
			refused: [...refused, ...received.refused]
		};
	} finally {
		clearTimeout(timer);
		box.done.push(folder);
	}

	/** Brings the inputs and the program; answers the file system's clock when all were there. */
	async function prepare(inputs: readonly Digested[], ready: AbortSignal): Promise<string> {
		const done = box.done.splice(0);
		const files = inputs.map(({ name, digest }) => ({ name, digest }));
		const entries = [
			{ path: `${folder}/${programName(job.language)}`, data: job.code },
			{ path: `${folder}/job.json`, data: JSON.stringify({ files, done }) }
		];
		const { sandbox, client } = box;
		await Promise.all([
			steadily(client.sdk, sandbox, retry, ready, () =>
				sandbox.files.writeFiles(entries, { signal: ready })
			),
			// What an earlier Raro left there is only found out by looking.
			box.found ? undefined : sendInputs(box, inputs, retry, ready)
		]);
		for (let round = 0; round < 3; round++) {
			const answer = await ask(box, python(PREPARE, folder, FILES), prepared, retry, ready);
			if (answer.missing.length === 0) return answer.mark;
			const missing = new Set(answer.missing);
			for (const digest of missing) box.uploads.delete(digest);
			const again = inputs.filter(({ digest }) => missing.has(digest));
			await sendInputs(box, again, retry, ready);
		}
		throw notBrought();
	}
}

const ENDS = {
	cancelled: () => 'The call was cancelled.',
	timeout: (limitMs: number) =>
		`The code did not finish within ${Math.round(limitMs / 100) / 10} s and was ended.`,
	output: () => 'The code printed more than 8 MB and was ended.'
};

function endOf({ why }: Execution, limitMs: number): { reason: SandboxEnd; error: string } | null {
	if (!why) return null;
	// Half-written files would look like results.
	return { reason: why, error: `${ENDS[why](limitMs)} Files that the code had written are lost.` };
}

/** How the program ended: what its runner wrote, unless the exit says otherwise. */
function verdict({ exitCode, ended }: Execution, written: string | null) {
	let said: z.infer<typeof outcome> | null = null;
	try {
		said = written === null ? null : outcome.parse(JSON.parse(written));
	} catch {
		// The program wrote over it; its exit code remains.
	}
	const failed = (reason: 'error' | 'memory' | 'crashed', error: string) => ({
		ok: false,
		reason,
		error
	});
	if (exitCode === 0) return { ok: true, reason: null, error: null };
	if (said?.ok === false) return failed(said.reason ?? 'error', said.error ?? 'The code failed.');
	if (exitCode === null)
		return said?.ok
			? { ok: true, reason: null, error: null }
			: failed('crashed', 'The code ended while the connection to the sandbox was broken.');
	if (exitCode === 137 || ended.endsWith('killed'))
		return failed(
			'memory',
			'The code was killed, most likely because it needed more memory than the sandbox has.'
		);
	if (exitCode < 0 || exitCode > 128)
		return failed('crashed', `The program was ended (${ended || `exit code ${exitCode}`}).`);
	if (exitCode === 13)
		return failed('error', 'The program ended with exit code 13: it may await what never happens.');
	return failed('error', `The program ended with exit code ${exitCode}.`);
}

function withGap(result: SandboxResult, { gap }: Execution): SandboxResult {
	const note = '\n[the connection to the sandbox broke: some of the output may be missing]';
	return gap ? { ...result, stdout: result.stdout + note } : result;
}
