import pino, { type DestinationStream, type Logger } from 'pino';
import type { Config } from './config';

/** Structured log: one JSON object a line, with ids; never keys, never contents of files. */
export type Log = Logger;

/** Fields that are hidden wherever one of them is logged by mistake, also one level down. */
const SECRETS = [
	'key',
	'client_key',
	'api_key',
	'apiKey',
	'cookie',
	'authorization',
	'x-raro-client-id',
	'GEMINI_API_KEY',
	'OPENAI_API_KEY',
	'E2B_API_KEY'
];

export function createLog(
	config: Pick<Config, 'LOG_LEVEL'>,
	destination: DestinationStream = pino.destination({ dest: 1, sync: true })
): Log {
	return pino(
		{
			level: config.LOG_LEVEL,
			base: null,
			messageKey: 'message',
			timestamp: pino.stdTimeFunctions.isoTime,
			formatters: { level: (label) => ({ level: label }) },
			redact: {
				paths: SECRETS.flatMap((name) => [`["${name}"]`, `*["${name}"]`]),
				censor: '[hidden]'
			},
			serializers: {
				error: pino.stdSerializers.errWithCause,
				err: pino.stdSerializers.errWithCause
			}
		},
		destination
	);
}
