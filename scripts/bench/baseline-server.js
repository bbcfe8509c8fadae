/**
 * The least that a node:http server can do with a file: take one and keep it with its SHA-256 and an fsync,
 * give one back. Started by the benchmark with a folder to work in.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import process from 'node:process';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const MIB = 1024 * 1024;
const folder = process.argv[2] ?? '.';

const server = http.createServer({ requestTimeout: 0 }, async (req, res) => {
	const file = path.join(folder, path.basename(req.url ?? '/file'));
	try {
		if (req.method === 'PUT') {
			const hash = createHash('sha256');
			const tap = new Transform({
				highWaterMark: MIB,
				transform(chunk, _encoding, done) {
					hash.update(chunk);
					done(null, chunk);
				}
			});
			await pipeline(req, tap, createWriteStream(file, { highWaterMark: MIB, flush: true }));
			res.writeHead(201).end(hash.digest('hex'));
			return;
		}
		const { size } = await stat(file);
		res.setHeader('content-length', size);
		if (size < 65_536) res.end(await readFile(file));
		else await pipeline(createReadStream(file, { highWaterMark: MIB }), res);
	} catch (error) {
		res.writeHead(500).end(String(error));
	}
});
server.listen(0, '127.0.0.1', () => {
	const address = server.address();
	console.log(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
});
process.on('SIGTERM', () => process.exit(0));
