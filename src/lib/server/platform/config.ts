import { z } from 'zod';

const GIB = 1024 ** 3;

const count = (fallback: number) =>
	z.coerce
		.number({ error: 'must be a whole number' })
		.int('must be a whole number')
		.positive('must be greater than 0')
		.default(fallback);
const optionalText = z.string().optional();
const optionalUrl = z
	.url({ protocol: /^https?$/, error: 'must be an address such as http://localhost:11434/v1' })
	.refine((url) => !/^[^/]*\/\/[^/?#]*@/.test(url), {
		error: 'must hold no user name and no password'
	})
	.optional();
const modelName = z
	.string()
	.regex(
		/^(gemini|openai|builtin):\S+$/,
		'must be gemini:<model>, openai:<model> or builtin:analyst'
	)
	.optional();

const modelPrice = z.strictObject({
	input: z.number().nonnegative(),
	output: z.number().nonnegative(),
	cached_input: z.number().nonnegative().optional()
});
const modelPrices = z
	.record(z.string().regex(/^(gemini|openai):\S+$/), modelPrice)
	.describe('US dollars per million tokens');
const PRICES_EXAMPLE = '{"gemini:gemini-3.8-flash": {"input": 0.3, "output": 2.5}}';

/** JSON in a variable; what is wrong with it is said with its place. */
const prices = z
	.string()
	.default('{}')
	.transform((raw, context): z.infer<typeof modelPrices> => {
		const refuse = (why: string) => {
			context.addIssue(`must be JSON such as ${PRICES_EXAMPLE}: ${why}`);
			return z.NEVER;
		};
		let json: unknown;
		try {
			json = JSON.parse(raw);
		} catch (error) {
			return refuse(error instanceof Error ? error.message : String(error));
		}
		const parsed = modelPrices.safeParse(json);
		if (parsed.success) return parsed.data;
		const [issue] = parsed.error.issues;
		return refuse(`${issue?.path.map(String).join(' → ') || 'it'}: ${issue?.message ?? 'invalid'}`);
	});

const environment = z.object({
	HOST: z.string().default('127.0.0.1'),
	PORT: z.coerce
		.number({ error: 'must be a port number' })
		.int('must be a port number')
		.min(0, 'must be a port number')
		.max(65535, 'must be a port number')
		.default(3000),
	ORIGIN: z.url({ error: 'must be an address such as https://raro.example.org' }).optional(),
	STORAGE_ROOT: z.string().default('./storage'),
	MAX_FILE_BYTES: count(10 * GIB),
	LIBRARY_QUOTA_BYTES: count(50 * GIB),
	ARTIFACT_QUOTA_BYTES: count(50 * GIB),
	ARTIFACT_RETENTION_HOURS: count(168),
	SESSION_RETENTION_HOURS: count(24),
	MAX_ACTIVE_RUNS: count(16),
	MAX_ACTIVE_RUNS_PER_CLIENT: count(4),
	MAX_PARALLEL_STEPS: count(4),
	RUN_TIMEOUT_S: count(3600),
	STEP_TIMEOUT_S: count(900),
	TOOL_TIMEOUT_S: count(60),
	MODEL_IDLE_TIMEOUT_S: count(90),
	MAX_TOOL_ROUNDS: count(30),
	GEMINI_API_KEY: optionalText,
	GEMINI_BASE_URL: optionalUrl,
	OPENAI_BASE_URL: optionalUrl,
	OPENAI_API_KEY: optionalText,
	MODEL_FAST: modelName,
	MODEL_REASONING: modelName,
	MODEL_THINKING: modelName,
	MODEL_PRICES: prices,
	E2B_API_KEY: optionalText,
	E2B_API_URL: optionalUrl,
	E2B_SANDBOX_URL: optionalUrl,
	E2B_TEMPLATE: z.string().default('code-interpreter-v1'),
	SANDBOX: z
		.enum(['auto', 'e2b', 'local', 'native', 'off'], {
			error: 'must be auto, e2b, local, native or off'
		})
		.default('auto'),
	SANDBOX_PACKAGES_URL: optionalUrl,
	LOG_LEVEL: z
		.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
			error: 'must be trace, debug, info, warn, error or silent'
		})
		.default('info')
});

/** The whole configuration, by the names of the environment. */
export type Config = z.infer<typeof environment>;

/** The name of every setting. */
export const SETTINGS = environment.keyof().options;

/** A setting that cannot be used; `message` names each culprit on a line of its own. */
export class ConfigError extends Error {
	override readonly name = 'ConfigError';
}

/**
 * Reads the configuration once, at start. An empty variable counts as not set.
 * @throws ConfigError naming every bad variable and what it should be.
 */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
	const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
	const parsed = environment.safeParse(set);
	if (parsed.success) return parsed.data;
	const lines = parsed.error.issues.map((issue) => {
		const name = String(issue.path[0]);
		// An address or a key may hold a secret, and this goes to the log.
		const shown = /_(URL|KEY)$/.test(name) ? '' : ` (it is ${JSON.stringify(set[name])})`;
		return `${name} ${issue.message}${shown}`;
	});
	throw new ConfigError(lines.join('\n'));
}
