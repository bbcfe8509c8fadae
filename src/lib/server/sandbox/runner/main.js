// @ts-nocheck -- runs inside Deno, never in Node
/* global Deno */
// The one entry of a sandbox process: loads what is trusted, drops every permission, and only then
// reads the job. What comes after that line is at the mercy of the job's code; the host believes none of it.
import { createChannel } from './channel.js';

const { language, assets, snapshot, packages } = JSON.parse(Deno.args[0]);
const exit = Deno.exit.bind(Deno);
const channel = createChannel(Deno);
const chartAssets = {
	resvg: Deno.readTextFileSync(assets.resvg + '/index.mjs'),
	wasm: Deno.readFileSync(assets.resvg + '/index_bg.wasm'),
	regular: Deno.readFileSync(assets.fonts + '/DejaVuSans.ttf'),
	bold: Deno.readFileSync(assets.fonts + '/DejaVuSans-Bold.ttf')
};
const { prepare } = await import(language === 'python' ? './python.js' : './javascript.js');
const run = await prepare({ assets, snapshot, packages, chartAssets, channel });

const drop = Deno.permissions.revokeSync.bind(Deno.permissions);
for (const name of ['read', 'write', 'net', 'env', 'run', 'ffi', 'sys', 'import']) drop({ name });
const left = ['read', 'write', 'net', 'env', 'run', 'ffi', 'sys', 'import'].filter(
	(name) => Deno.permissions.querySync({ name }).state === 'granted'
);
if (left.length > 0) throw new Error(`permissions left: ${left}`);
const rss = Deno.memoryUsage().rss;
for (const name of [
	'Deno',
	'Worker',
	'fetch',
	'WebSocket',
	'WebSocketStream',
	'EventSource',
	'caches',
	'localStorage',
	'sessionStorage',
	'BroadcastChannel',
	'close',
	'alert',
	'confirm',
	'prompt',
	'navigator'
])
	delete globalThis[name];

channel.ready({ rss });
const job = channel.receiveJob();
const outcome = await run(job);
channel.done(outcome);
exit(0);
