import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { file_google_protobuf_timestamp } from '@bufbuild/protobuf/wkt';
import { fileDesc } from '@bufbuild/protobuf/codegenv2';
import { expect, test } from 'vitest';
import { inputFiles } from '../testing';
import { callIn, onE2b } from './testing';

const require = createRequire(import.meta.url);

test('E13 the SDK’s services are those that the stand-in was written for', () => {
	const source = readFileSync(require.resolve('e2b'), 'utf8');
	const services = [...source.matchAll(/fileDesc\)?\("([^"]+)"/g)].flatMap(([, base64 = '']) =>
		fileDesc(base64, [file_google_protobuf_timestamp]).proto.service.map(
			({ name, method }) => [name, method.map((m) => m.name)] as const
		)
	);
	expect(Object.fromEntries(services)).toEqual({
		Filesystem: [
			'Stat',
			'MakeDir',
			'Move',
			'ListDir',
			'Remove',
			'WatchDir',
			'CreateWatcher',
			'GetWatcherEvents',
			'RemoveWatcher'
		],
		Process: [
			'List',
			'Connect',
			'Start',
			'Update',
			'StreamInput',
			'SendInput',
			'SendSignal',
			'CloseStdin'
		]
	});
});

onE2b('E13 one run on the wire', async (e2b) => {
	const input = await inputFiles({ 'a.txt': 'a' });
	const sandbox = e2b.sandbox();
	await callIn(sandbox, 'open("o.txt", "w").write("o")', input);
	await sandbox.release('run-1');
	const kept = ['x-api-key', 'content-type', 'connect-protocol-version', 'connect-timeout-ms'];
	const wire = e2b.service.seen.map(({ method, url, headers, body }) => ({
		request: `${method} ${masked(url)}`,
		...Object.fromEntries(kept.flatMap((h) => (headers[h] ? [[h, masked(`${headers[h]}`)]] : []))),
		forSandbox: headers['e2b-sandbox-id'] !== undefined && headers['x-access-token'] !== undefined,
		...(body === null ? {} : { body: shortened(JSON.parse(masked(JSON.stringify(body)))) })
	}));
	// Both are sent at once.
	wire.sort((a, b) =>
		a.request.startsWith('POST /files') && b.request.startsWith('POST /files')
			? a.request.localeCompare(b.request)
			: 0
	);
	expect(wire).toMatchSnapshot();
	await input.remove();
});

/** Without what differs each time. */
function masked(text: string): string {
	return text
		.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, '<uuid>')
		.replace(/\bi[0-9a-f]{20}\b/g, '<sandbox>')
		.replace(/\b[0-9a-f]{64}\b/g, '<digest>')
		.replace(/\b\d{19}\b/g, '<clock>')
		.replace(/timeout -k 2 \d+/, 'timeout -k 2 <seconds>')
		.replace(/boundary=\S+/, 'boundary=<boundary>');
}

/** Programs are told by their ends. */
function shortened(value: unknown): unknown {
	if (typeof value === 'string')
		return value.length > 200 ? `${value.slice(0, 40)} … ${value.slice(-120)}` : value;
	if (Array.isArray(value)) return value.map(shortened);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shortened(inner)]));
}
