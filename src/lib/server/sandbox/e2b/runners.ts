import type { Language } from '../sandbox';

/*
 * What stands between the command and an agent's program: the same names in tracebacks, the same globals and
 * the same top-level await as in the local sandbox. How it ended is written beside the program; an agent's
 * code could write that too, and would only deceive its own agent.
 */

const PYTHON = `
import ast, asyncio, inspect, json, linecache, sys, traceback, types
place = sys.argv[1]
with open(place + "/main.py", encoding="utf-8") as f: source = f.read()
sys.argv = ["main.py"]
main = types.ModuleType("__main__")
main.__file__ = "main.py"
sys.modules["__main__"] = main
linecache.cache["main.py"] = (len(source), None, source.splitlines(True), "main.py")
def end(reason, error):
    with open(place + "/outcome.json", "w", encoding="utf-8", errors="replace") as f:
        json.dump({"ok": error is None, "reason": reason, "error": error}, f)
try:
    code = compile(source, "main.py", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, True)
    if code.co_flags & inspect.CO_COROUTINE: asyncio.run(eval(code, main.__dict__))
    else: exec(code, main.__dict__)
    end(None, None)
except SystemExit: raise
except BaseException as error:
    where = error.__traceback__
    while where and where.tb_frame.f_code.co_filename != "main.py": where = where.tb_next
    text = "".join(traceback.format_exception(type(error), error, where))
    if len(text) > 8000: text = text[:2000] + "\\n[...]\\n" + text[-6000:]
    end("memory" if isinstance(error, MemoryError) else "error", text)
    sys.exit(1)
`;

const JAVASCRIPT = `
import fs from 'node:fs';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
const place = process.argv[1];
const program = place + '/main.mjs';
const address = pathToFileURL(program).href;
process.argv.splice(1, 1, 'main.js');
globalThis.require = createRequire(process.cwd() + '/');

const PIECE = 1048576;
const list = () => fs.readdirSync('.', { withFileTypes: true }).filter((e) => e.isFile()).map((e) => e.name).sort();
const at = (name) => {
	if (typeof name !== 'string' || !fs.statSync('./' + name, { throwIfNoEntry: false })?.isFile())
		throw new Error('There is no file ' + JSON.stringify(name) + '. There is: ' + (list().join(', ') || 'none') + '.');
	return './' + name;
};
const size = (name) => fs.statSync(at(name)).size;
const readBytes = (name, offset = 0, length = Infinity) => {
	if (!(offset >= 0)) throw new RangeError('offset must be 0 or more');
	const bytes = new Uint8Array(Math.max(0, Math.min(length, size(name) - offset)));
	const handle = fs.openSync(at(name));
	try {
		let got = 0, n;
		while (got < bytes.length && (n = fs.readSync(handle, bytes, got, bytes.length - got, Math.floor(offset) + got)) > 0) got += n;
		return got === bytes.length ? bytes : bytes.slice(0, got);
	} finally { fs.closeSync(handle); }
};
function* lines(name) {
	const end = size(name), text = new TextDecoder();
	let rest = '';
	for (let from = 0; from < end; from += PIECE) {
		const parts = (rest + text.decode(readBytes(name, from, PIECE), { stream: true })).split('\\n');
		rest = parts.pop();
		for (const line of parts) yield line.endsWith('\\r') ? line.slice(0, -1) : line;
	}
	rest += text.decode();
	if (rest) yield rest;
}
globalThis.files = Object.freeze({
	list, size, readBytes, lines,
	readText: (name) => new TextDecoder().decode(readBytes(name)),
	write(name, content) {
		if (typeof name !== 'string' || name === '') throw new TypeError('files.write(name, content) needs a name');
		const bytes = content instanceof ArrayBuffer ? new Uint8Array(content) : content;
		if (typeof bytes !== 'string' && !ArrayBuffer.isView(bytes))
			throw new TypeError('files.write(name, content) takes a string or bytes; use JSON.stringify for objects');
		fs.writeFileSync('./' + name, bytes);
	}
});

const stringify = JSON.stringify, write = fs.writeFileSync, exit = process.exit.bind(process);
const end = (reason, error) => write(place + '/outcome.json', stringify({ ok: error === null, reason, error }));
function fail(error) {
	let text = error instanceof Error ? String(error.stack ?? error) : 'Uncaught ' + String(error);
	if (error instanceof SyntaxError && !text.includes(address))
		text = String(spawnSync(process.execPath, ['--check', program], { encoding: 'utf8' }).stderr) || text;
	const kept = text.replaceAll(address, 'main.js').replaceAll(program, 'main.js').split('\\n')
		.filter((line) => !/^\\s+at .*(node:|\\[eval)/.test(line) && !/^Node\\.js v/.test(line));
	const memory = error instanceof RangeError && /allocation|invalid .*length/i.test(error.message);
	end(memory ? 'memory' : 'error', kept.join('\\n').trimEnd().slice(0, 8000));
	exit(1);
}
process.on('uncaughtException', fail);
try { await import(address); } catch (error) { fail(error); }
process.on('exit', (code) => code === 0 && end(null, null));
`;

/** The file that holds an agent's program. */
export const programName = (language: Language) => (language === 'python' ? 'main.py' : 'main.mjs');

/** What runs the program of a call: a command and its arguments. */
export function runner(language: Language, folder: string): string[] {
	return language === 'python'
		? ['python3', '-c', PYTHON, folder]
		: ['node', '--input-type=module', '-e', JAVASCRIPT, folder];
}
