import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLog } from './log';

function logTo(lines: string[]) {
	return createLog(
		{ LOG_LEVEL: 'info' },
		new Writable({
			write(chunk, _encoding, done) {
				lines.push(String(chunk));
				done();
			}
		})
	);
}

test('R44 writes one JSON object a line, with ids, time and level', () => {
	const lines: string[] = [];
	const log = logTo(lines).child({ request_id: 'r1' });
	log.info({ run_id: 'x' }, 'hello\nworld');
	log.debug('not written');
	expect(lines).toHaveLength(1);
	const line: unknown = JSON.parse(lines[0] ?? '');
	expect(line).toMatchObject({
		level: 'info',
		request_id: 'r1',
		run_id: 'x',
		message: 'hello\nworld'
	});
	expect(line).toHaveProperty('time', expect.stringMatching(/Z$/));
});

test('R44 hides keys that are logged by mistake', () => {
	const lines: string[] = [];
	const secret = 'raro_very-secret';
	const log = logTo(lines);
	log.info({ client_key: secret, headers: { cookie: secret, 'x-raro-client-id': secret } }, 'x');
	expect(lines.join('')).not.toContain(secret);
});

test('an error is logged with its cause', () => {
	const lines: string[] = [];
	logTo(lines).error({ error: new Error('outer', { cause: new Error('inner') }) }, 'failed');
	expect(lines.join('')).toContain('inner');
});
