import { z } from 'zod';
import { DomainError } from '../../domain/errors';
import { nameProblem, parseFileName } from '../../domain/file-name';
import type { Language, Sandbox, SandboxResult } from '../sandbox/sandbox';
import { refusal } from './refusal';
import { seenTypeOf } from './seen';
import type { Tool, ToolOutcome } from './tool';

const MAX_CODE_BYTES = 1024 * 1024;
/** Charts that the model is shown, so that it can check what it has drawn. */
const MAX_SHOWN = 3;
const MAX_SHOWN_BYTES = 2 * 1024 * 1024;

const input = z.strictObject({
	code: z
		.string()
		.max(MAX_CODE_BYTES)
		.describe('The program. It sees the run’s files by bare name.')
});

/** `execute_python` or `execute_javascript`; its description is the sandbox's own guide. */
export function createExecuteCode(
	language: Language,
	sandbox: Pick<Sandbox, 'guide'>
): Tool<z.infer<typeof input>> {
	const title = language === 'python' ? 'Python' : 'JavaScript';
	return {
		name: `execute_${language}`,
		get description() {
			const guide = sandbox.guide(language);
			return guide === null
				? `Runs ${title}. It is not available on this server: calls are refused.`
				: `Runs ${title} in a sandbox. ${guide}`;
		},
		input,
		async run({ code }, context) {
			const files = (await context.session.list()).map(({ name, sizeBytes, path }) => ({
				name,
				sizeBytes,
				path
			}));
			const { runId, timeoutMs, internet, signal } = context;
			let result: SandboxResult;
			try {
				result = await context.sandbox.run(
					{ language, code, files, timeoutMs, runId, internet },
					signal
				);
			} catch (error) {
				if (error instanceof DomainError) return refusal(error.message);
				throw error;
			}
			signal.throwIfAborted();
			return outcomeOf(result);
		}
	};
}

function outcomeOf(result: SandboxResult): ToolOutcome {
	const { ok, stdout, stderr, error, reason, files, refused } = result;
	const kept = files.filter((f) => nameProblem(f.name) === null);
	return {
		ok,
		result: { ok, stdout, stderr, error, reason, files: kept.map((f) => f.name), refused },
		writes: kept.map(({ name, bytes }) => ({ name: parseFileName(name), bytes })),
		refused: refused.map(({ name, reason: message }) => ({
			filename: name,
			code: /larger|more than/.test(message) ? 'too_large' : 'invalid',
			message
		})),
		...shown(kept)
	};
}

function shown(files: SandboxResult['files']): Pick<ToolOutcome, 'media'> {
	const charts = files.flatMap(({ bytes }) => {
		const mimeType = seenTypeOf(bytes);
		const drawn = mimeType === 'image/png' || mimeType === 'image/jpeg';
		return drawn && bytes.byteLength <= MAX_SHOWN_BYTES ? [{ mimeType, bytes }] : [];
	});
	return charts.length > 0 ? { media: charts.slice(0, MAX_SHOWN) } : {};
}
