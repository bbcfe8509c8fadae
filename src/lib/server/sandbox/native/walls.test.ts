import fs from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sandbox } from '../sandbox';
import { inputFiles, nativeSandbox, runCode, textOf } from '../testing';

/* What is particular to native code: it can call the kernel itself. */

let sandbox: Sandbox | null = null;
beforeAll(async () => {
	sandbox = await nativeSandbox();
});
afterAll(() => sandbox?.stop());

const wall = (title: string, check: (sandbox: Sandbox) => Promise<void>) =>
	test(title, async (context) => {
		if (!sandbox) return context.skip();
		await check(sandbox);
	});

wall(
	'R15 the kernel refuses processes, namespaces, tracing and every socket but local ones',
	async (s) => {
		const code = `
import ctypes, os, platform, socket, threading
libc = ctypes.CDLL(None, use_errno=True)
numbers = {
    'x86_64': dict(fork=57, vfork=58, clone=56, unshare=272, mount=165, ptrace=101, bpf=321, keyctl=250, io_uring=425, userfault=323, perf=298),
    'aarch64': dict(clone=220, unshare=97, mount=40, ptrace=117, bpf=280, keyctl=219, io_uring=425, userfault=282, perf=241),
}[platform.machine()]
first = dict(clone=17, unshare=0x10000000)
for name, number in numbers.items():
    ctypes.set_errno(0)
    answer = libc.syscall(number, first.get(name, 0), 0, 0, 0, 0)
    if answer == 0 and name in ('fork', 'vfork', 'clone'): os._exit(9)
    print(name, answer, ctypes.get_errno())
for family in ('AF_INET', 'AF_INET6', 'AF_NETLINK', 'AF_PACKET'):
    try: socket.socket(getattr(socket, family)); print(family, 'DONE')
    except PermissionError as e: print(family, -1, e.errno)
done = []
thread = threading.Thread(target=done.append, args=(1,)); thread.start(); thread.join()
print('threads', done)`;
		const result = await runCode(s, 'python', code);
		const lines = result.stdout.trim().split('\n');
		expect(lines.pop()).toBe('threads [1]');
		expect(lines.length).toBeGreaterThan(12);
		for (const line of lines) expect(line).toMatch(/ -1 1$/);
	}
);

wall(
	'R15 nothing of the host can be seen or changed, and there are no rights to do it with',
	async (s) => {
		const canary = await inputFiles({ 'canary.txt': 'CANARY' });
		fs.chmodSync(canary.folder, 0o777);
		const file = canary.files[0]?.path ?? '';
		fs.chmodSync(file, 0o666);
		const code = `
import os
canary = ${JSON.stringify(file)}
for name, attempt in {
    'read': lambda: open(canary).read(),
    'write': lambda: open(canary, 'w').write('x'),
    'remove': lambda: os.remove(canary),
    'link': lambda: os.link(canary, 'l'),
    'usr': lambda: open('/usr/bin/x', 'w'),
    'root': lambda: open('/x', 'w'),
    'dev': lambda: open('/dev/x', 'w'),
    'root user': lambda: os.setuid(0),
    'kill': lambda: os.kill(${process.pid}, 0),
}.items():
    try: print(name, 'DONE', attempt())
    except OSError: print(name, 'refused')
status = dict(line.split(':\\t') for line in open('/proc/self/status').read().splitlines() if ':\\t' in line)
print([line.split(':')[0].strip() for line in open('/proc/net/dev') if ':' in line])
print(sorted(os.listdir('/')))
print(sorted(n for n in os.listdir('/etc')))
print([n for n in os.listdir('/proc') if n.isdigit()], os.getuid(), status['CapEff'], status['CapBnd'], status['Seccomp'], status['NoNewPrivs'])`;
		const result = await runCode(s, 'python', code);
		const [nets, folders, etc, about] = result.stdout.trim().split('\n').slice(-4);
		expect(nets).toBe("['lo']");
		expect(result.stdout).not.toContain('DONE');
		expect(result.stdout.match(/refused/g)).toHaveLength(9);
		expect(folders).toMatch(
			/^\['bin', 'dev', 'etc', 'lib', ('lib64', )?'proc', 'session', 'tmp', 'usr'\]$/
		);
		for (const hidden of ['passwd', 'shadow', 'hosts', 'resolv.conf'])
			expect(etc).not.toContain(`'${hidden}'`);
		expect(about).toBe("['1'] 65534 0000000000000000 0000000000000000 2 1");
		expect(fs.readFileSync(file, 'utf8')).toBe('CANARY');
		expect(fs.readdirSync(canary.folder)).toEqual(['canary.txt']);
		await canary.remove();
	}
);

wall('protocol: frames forged on the raw pipe give nothing that is not given anyway', async (s) => {
	const input = await inputFiles({ 'a.txt': 'mine' });
	// The code finds the pipe to the server by trying; it cannot tell it from others, so it writes to all.
	const forge = (bytes: string) => `
import os, time
for fd in range(3, 64):
    try: os.write(fd, bytes(${bytes}))
    except OSError: pass
time.sleep(3)`;
	const forged: Record<string, string> = {
		unknown: '[99,0,0,0,0]',
		endless: '[5,255,255,255,255]',
		ready: '[1,0,0,0,2,123,125]',
		other: '[4,0,0,0,16,0,0,0,7,0,0,0,0,0,0,0,0,0,0,0,9]',
		done: '[7,0,0,0,3,1,2,3]'
	};
	for (const [name, bytes] of Object.entries(forged)) {
		const result = await runCode(s, 'python', forge(bytes), { ...input, timeoutMs: 8000 });
		expect([name, result.ok, result.reason, result.files]).toEqual([name, false, 'crashed', []]);
	}
	const escaping = '[5,0,0,0,9,0,6,46,46,47,46,46,47,120]';
	const result = await runCode(s, 'python', forge(escaping), { ...input, timeoutMs: 8000 });
	expect(result.files).toEqual([]);
	await input.remove();
});

wall('native code that dies, leaves or closes its pipes ends with a named reason', async (s) => {
	for (const code of [
		'import ctypes\nctypes.string_at(0)',
		'import os\nos._exit(0)',
		'import os\nos.closerange(0, 100)',
		'import os, sys\nsys.modules.clear()\nos.write = os.read = None'
	]) {
		const result = await runCode(s, 'python', code, { timeoutMs: 10_000 });
		expect([code, result.reason]).toEqual([code, 'crashed']);
	}
	const deep = 'open("o.txt", "w").write("kept")\nf = lambda x: [f(x)][0]\nf(0)';
	const sunk = await runCode(s, 'python', deep);
	expect(sunk).toMatchObject({ ok: false, reason: 'error' });
	expect(sunk.error).toContain('RecursionError');
	expect(textOf(sunk, 'o.txt')).toBe('kept');
	expect((await runCode(s, 'python', 'print(1)')).stdout).toBe('1\n');
});

wall('R15 special files and hard links never come back as something else', async (s) => {
	const input = await inputFiles({ 'in.txt': 'mine' });
	const code = `
import os, socket
os.mkfifo('pipe')
socket.socket(socket.AF_UNIX).bind('socket')
os.link('in.txt', 'twin.txt')
os.symlink('in.txt', 'link')
try: os.mknod('device', 0o20666, os.makedev(1, 3))
except PermissionError: pass`;
	const result = await runCode(s, 'python', code, input);
	expect(result.files.map(({ name }) => name)).toEqual(['twin.txt']);
	expect(result.refused.map(({ name }) => name)).toEqual(['link', 'pipe', 'socket']);
	await input.remove();
});
