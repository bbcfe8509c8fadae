import fs from 'node:fs';
import { expect, test } from 'vitest';
import { inputFiles, localSandboxFor, runCode } from './testing';

for (const tier of ['wrapped', 'plain'] as const)
	test(`R15 in the ${tier} sandbox the permissions are gone, not only the names that lead to them`, async (context) => {
		const s = await localSandboxFor(tier);
		if (!s) return context.skip();
		const canary = await inputFiles({
			'canary.txt': 'CANARY',
			'canary.cjs': 'module.exports = 1'
		});
		fs.chmodSync(canary.folder, 0o777);
		for (const { path } of canary.files) fs.chmodSync(path, 0o666);
		const [text, script] = canary.files.map(({ path }) => JSON.stringify(path));
		const made = JSON.stringify(`${canary.folder}/made`);
		const node = (name: string, use: string) => `import("node:${name}").then((m) => ${use})`;
		const settled = (call: string) =>
			`new Promise((ok, no) => ${call}.on("error", no).on("connect", ok).on("listening", ok).on("response", ok).on("exit", ok))`;
		const withoutRead = {
			read: node('fs', `m.readFileSync(${text}, "utf8")`),
			promised: node('fs/promises', `m.readFile(${text}, "utf8")`),
			builtin: node('process', `m.default.getBuiltinModule("fs").readFileSync(${text})`),
			required: node('module', `m.createRequire("file:///")("fs").readFileSync(${text})`),
			script: node('module', `m.createRequire("file:///")(${script})`),
			database: node('sqlite', `new m.DatabaseSync(${text})`),
			module: `import("file://" + ${script})`
		};
		const withoutMore = {
			append: node('fs', `m.appendFileSync(${text}, "x")`),
			create: node('fs', `m.writeFileSync(${made}, "x")`),
			connect: node('net', settled('m.connect(9, "127.0.0.1")')),
			listen: node('net', settled('m.createServer().listen(0)')),
			get: node('http', settled('m.get("http://127.0.0.1:9/")')),
			inspect: node('inspector', 'm.open(0)'),
			library: node('process', 'm.default.dlopen({ exports: {} }, "/x.node")')
		};
		const withoutEffect = {
			run: node('child_process', `m.execFileSync("/bin/sh", ["-c", "echo x > " + ${made}])`),
			spawn: node('child_process', settled(`m.spawn("/bin/sh", ["-c", "rm " + ${text}])`)),
			folder: node('fs', `m.mkdirSync(${made})`),
			remove: node('fs', `m.rmSync(${text})`),
			rename: node('fs', `m.renameSync(${text}, ${made})`),
			link: node('fs', `m.symlinkSync(${text}, ${made})`),
			binding: node('process', `m.default.binding("fs").open(${text}, 0, 0)`),
			worker: node('worker_threads', settled('new m.Worker("0", { eval: true })')),
			own: `[].constructor.constructor("return Deno")().readTextFileSync(${text})`,
			url: 'new Worker("data:text/javascript,0", { type: "module" })'
		};
		// Node's modules load only where a Deno is: the code makes one up that says yes to everything.
		const pretend = `const yes = new Proxy(function () {}, { get: (_, key) =>
				key === Symbol.toPrimitive ? () => "" : key === "then" ? undefined : key === "args" ? [] : key === "prototype" ? {} :
				key === "mainModule" ? "file:///x" : key === "build" ? { os: "linux", arch: "x86_64" } : yes,
				apply: () => yes, construct: () => ({}) });\nglobalThis.Deno = yes;\n`;
		const attempts = { ...withoutRead, ...withoutMore, ...withoutEffect };
		const code = `${pretend}
				for (const [name, line] of Object.entries(${JSON.stringify(attempts)})) {
					const late = new Promise((_, no) => setTimeout(() => no(new Error('never')), 500));
					try { console.log(name, 'DONE', String(await Promise.race([new (async () => {}).constructor('return ' + line)(), late])).slice(0, 99)); }
					catch (error) { console.log(name, String(error?.name), String(error?.message).slice(0, 200)); }
				}`;
		const result = await runCode(s, 'javascript', code, { timeoutMs: 30_000 });
		for (const name of Object.keys(withoutRead))
			expect(result.stdout).toMatch(new RegExp(`^${name} .*Requires read access`, 'm'));
		for (const name of Object.keys(withoutMore))
			expect(result.stdout).toMatch(new RegExp(`^${name} NotCapable Requires `, 'm'));
		expect(result.stdout).not.toContain('CANARY');
		expect(fs.readFileSync(canary.files[0]?.path ?? '', 'utf8')).toBe('CANARY');
		expect(fs.readdirSync(canary.folder).sort()).toEqual(['canary.cjs', 'canary.txt']);
		await canary.remove();
		await s.stop();
	});
