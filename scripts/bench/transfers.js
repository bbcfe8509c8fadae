/** Uploads and downloads against a bare node:http server on the same disk. */
import { mkdirSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { GIB, inTurn, memoryGrowth, MIB, seconds, startProgram, startRaro } from './measure.js';

const block = Buffer.alloc(MIB);
for (let i = 0; i < block.length; i++) block[i] = (i * 31 + (i >> 8)) & 0xff;

/**
 * Sends `bytes` of made-up data in one request.
 * @param {string} url @param {string} method @param {Record<string, string>} headers
 * @param {number} bytes @param {string} [before] @param {string} [after] parts of a multipart body
 * @returns {Promise<string>} the answer
 */
function send(url, method, headers, bytes, before = '', after = '') {
	return new Promise((resolve, reject) => {
		const length = Buffer.byteLength(before) + bytes + Buffer.byteLength(after);
		const request = http.request(url, {
			method,
			headers: { ...headers, 'content-length': String(length) }
		});
		request.once('error', reject);
		request.once('response', (response) => {
			let text = '';
			response.on('data', (chunk) => (text += chunk));
			response.once('end', () =>
				(response.statusCode ?? 500) < 400
					? resolve(text)
					: reject(new Error(`${method} ${url}: ${response.statusCode} ${text}`))
			);
		});
		let left = bytes;
		const chunk = bytes < block.length ? block.subarray(0, bytes) : block;
		request.write(before);
		(function pump() {
			while (left > 0) {
				left -= chunk.length;
				if (!request.write(chunk)) return void request.once('drain', pump);
			}
			request.end(after);
		})();
	});
}

/** @param {string} url @param {Record<string, string>} headers @param {http.Agent} [agent] */
function receive(url, headers, agent) {
	return new Promise((resolve, reject) => {
		http
			.get(url, { headers, agent }, (response) => {
				let size = 0;
				response.on('data', (chunk) => (size += chunk.length));
				response.once('end', () =>
					response.statusCode === 200
						? resolve(size)
						: reject(new Error(`GET ${url}: ${response.statusCode}`))
				);
			})
			.once('error', reject);
	});
}

/** @param {number} s @param {number} bytes */
const speed = (s, bytes) => `${Math.round(bytes / MIB / s)} MiB/s`;
/** @param {number} ratio */
const times = (ratio) => `${ratio.toFixed(2)}×`;

/** @param {string} work @returns {Promise<import('./main.js').Row[]>} */
export async function benchTransfers(work) {
	const bare = path.join(work, 'bare');
	mkdirSync(bare);
	const baseline = await startProgram(['scripts/bench/baseline-server.js', bare], {});
	const raro = await startRaro(path.join(work, 'transfers'));
	try {
		const made = await fetch(`${raro.url}/runtime/clients`, { method: 'POST' });
		const { client_key: key } = await made.json();
		const ours = { 'x-raro-client-id': key };
		const library = `${raro.url}/runtime/library`;
		const remove = () => fetch(`${library}/files/big.bin`, { method: 'DELETE', headers: ours });

		const boundary = 'raro-benchmark-boundary';
		const before = `--${boundary}\r\ncontent-disposition: form-data; name="files"; filename="big.bin"\r\ncontent-type: application/octet-stream\r\n\r\n`;
		const after = `\r\n--${boundary}--\r\n`;
		const form = {
			cookie: `raro_session_id=${key}`,
			origin: raro.url,
			accept: 'text/html',
			'content-type': `multipart/form-data; boundary=${boundary}`
		};
		const growth = { put: 0, form: 0 };
		/** @param {'put' | 'form'} way @param {() => Promise<unknown>} work */
		async function keep(way, work) {
			let took = 0;
			const grown = await memoryGrowth(raro.pid, async () => {
				took = await seconds(work);
			});
			growth[way] = Math.max(growth[way], grown);
			await remove();
			return took;
		}
		const upload = await inTurn(6, {
			bare: () => seconds(() => send(`${baseline.url}/big.bin`, 'PUT', {}, GIB)),
			put: () => keep('put', () => send(`${library}/files/big.bin`, 'PUT', ours, GIB)),
			form: () => keep('form', () => send(`${raro.url}/?/upload`, 'POST', form, GIB, before, after))
		});

		await send(`${library}/files/big.bin`, 'PUT', ours, GIB);
		const download = await inTurn(7, {
			bare: () => seconds(() => receive(`${baseline.url}/big.bin`, {})),
			ours: () => seconds(() => receive(`${library}/files/big.bin`, ours))
		});

		await send(`${library}/files/small.bin`, 'PUT', ours, 4096, '', '');
		await send(`${baseline.url}/small.bin`, 'PUT', {}, 4096);
		const small = await inTurn(5, {
			bare: () => manySmall(`${baseline.url}/small.bin`, {}),
			ours: () => manySmall(`${library}/files/small.bin`, ours)
		});

		const rows = (/** @type {string} */ name, /** @type {'put' | 'form'} */ way) => [
			{
				name: `1 GiB upload, ${name}`,
				ours: speed(upload[way], GIB),
				baseline: `${speed(upload.bare, GIB)} node:http + SHA-256 + fsync`,
				ratio: times(upload.bare / upload[way]),
				target: '≥ 0.9×',
				ok: upload.bare / upload[way] >= 0.9
			},
			{
				name: `memory growth, ${name}`,
				ours: `${Math.round(growth[way] / MIB)} MiB`,
				baseline: '',
				ratio: '',
				target: '≤ 128 MiB',
				ok: growth[way] <= 128 * MIB
			}
		];
		return [
			...rows('PUT', 'put'),
			...rows('form action', 'form'),
			{
				name: '1 GiB download',
				ours: speed(download.ours, GIB),
				baseline: `${speed(download.bare, GIB)} node:http`,
				ratio: times(download.bare / download.ours),
				target: '≥ 0.95×',
				ok: download.bare / download.ours >= 0.95
			},
			{
				name: '4 KiB downloads',
				ours: `${Math.round(1000 / small.ours)}/s`,
				baseline: `${Math.round(1000 / small.bare)}/s node:http`,
				ratio: times(small.bare / small.ours),
				target: '',
				ok: null
			}
		];
	} finally {
		await raro.stop();
		await baseline.stop();
	}
}

/** A thousand downloads over eight kept connections. @param {string} url @param {Record<string, string>} headers */
async function manySmall(url, headers) {
	const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
	const took = await seconds(() =>
		Promise.all(
			Array.from({ length: 8 }, async () => {
				for (let i = 0; i < 125; i++) await receive(url, headers, agent);
			})
		)
	);
	agent.destroy();
	return took;
}
