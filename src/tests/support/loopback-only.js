/**
 * Loaded into every process of the tests (vitest's workers and the servers they start): no socket leaves
 * this machine. An attempt fails as a refused connection would, and is written down where it cannot be
 * missed: `startServer` and `loopback-only-setup.ts` turn it into a failed test.
 */
import dgram from 'node:dgram';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

export const MARK = 'LEFT LOOPBACK:';

/** @type {string[]} what this process tried to reach */
export const attempts = [];

/** @param {unknown} host */
export function isLoopback(host) {
	if (typeof host !== 'string') return host === undefined || host === null;
	const name = host.replace(/^\[|\]$/g, '').toLowerCase();
	if (['', 'localhost', '::1', '0.0.0.0', '::'].includes(name)) return true;
	return /^(::ffff:)?127(\.\d{1,3}){3}$/.test(name) || name.endsWith('.localhost');
}

/** @param {string} where @returns {Error} */
function refuse(where) {
	attempts.push(where);
	process.stderr.write(`${MARK} ${where}\n`);
	return Object.assign(new Error(`Tests never leave loopback; this was for ${where}.`), {
		code: 'ECONNREFUSED'
	});
}

const connect = net.Socket.prototype.connect;
/** @param {any[]} args @this {net.Socket} */
net.Socket.prototype.connect = function guarded(...args) {
	// Node's own callers hand over one normalised array.
	const [first, second] = Array.isArray(args[0]) ? args[0] : args;
	const options =
		typeof first === 'object' && first !== null ? first : { port: first, host: second };
	const host = typeof options.host === 'function' ? undefined : options.host;
	if (typeof options.path !== 'string' && !isLoopback(host)) {
		const error = refuse(`${host}:${options.port}`);
		process.nextTick(() => this.destroy(error));
		return this;
	}
	return connect.apply(this, /** @type {any} */ (args));
};

const lookup = dns.lookup;
/** @param {string} host @param {any[]} rest */
function guardedLookup(host, ...rest) {
	if (isLoopback(host) || net.isIP(host)) return lookup(host, .../** @type {[any]} */ (rest));
	const callback = rest.at(-1);
	process.nextTick(() => callback(refuse(`the address of ${host}`)));
}
dns.lookup = /** @type {any} */ (Object.assign(guardedLookup, lookup));

const send = dgram.Socket.prototype.send;
/** @param {any[]} args @this {dgram.Socket} */
dgram.Socket.prototype.send = function guarded(...args) {
	const host = args.find((arg, index) => index > 0 && typeof arg === 'string');
	if (!isLoopback(host)) throw refuse(`${host} (UDP)`);
	return send.apply(this, /** @type {any} */ (args));
};

syncBuiltinESMExports();
