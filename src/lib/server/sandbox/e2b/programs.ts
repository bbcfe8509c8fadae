/*
 * What Raro itself runs inside a sandbox. All of it is handed over anew with each command: a copy that is
 * kept there could be changed by an agent's code. Python's -I keeps it from importing an agent's files.
 */

/** Where a sandbox keeps what is Raro's. */
export const ROOT = '/home/user/.raro';
export const FILES = `${ROOT}/files`;
export const callFolder = (id: string) => `${ROOT}/calls/${id}`;

/** Marks every process of a call, so that also those that left its group are found. */
export const CALL_VARIABLE = 'RARO_CALL';

export const quote = (text: string) => `'${text.replaceAll("'", `'"'"'`)}'`;

/** A command that runs `program` with these arguments. */
export function python(program: string, ...args: string[]): string {
	return `python3 -I -c ${[program, ...args].map(quote).join(' ')}`;
}

const SWEEP = `
import os, signal
def sweep(call):
    mark = b"${CALL_VARIABLE}=" + call.encode()
    for _ in range(20):
        found = False
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/" + pid + "/environ", "rb") as f: marked = any(v == mark or not call and v.startswith(mark) for v in f.read().split(b"\\0"))
                if marked: os.kill(int(pid), signal.SIGKILL); found = True
            except OSError: pass
        if not found: return
`;

/** Ends what is left of a call, or of all: `end <call or nothing>`. */
export const END = `${SWEEP}
import sys
sweep(sys.argv[1])
`;

/**
 * Copies the inputs into the call's folder: `prepare <call folder> <files folder>`. Prints which inputs are
 * not there as they should be, and the clock of the file system once all are copied.
 */
export const PREPARE = `
import hashlib, json, os, shutil, sys
place, store = sys.argv[1:3]
with open(place + "/job.json", encoding="utf-8") as f: job = json.load(f)
for old in job["done"]: shutil.rmtree(old, ignore_errors=True)
work, missing = place + "/work", []
shutil.rmtree(work, ignore_errors=True)
os.makedirs(work)
os.makedirs(store, exist_ok=True)
for item in job["files"]:
    digest, source = hashlib.sha256(), store + "/" + item["digest"]
    try:
        with open(source, "rb") as a, open(work + "/" + item["name"], "xb") as b:
            while block := a.read(1 << 20):
                digest.update(block)
                b.write(block)
    except FileNotFoundError: pass
    if digest.hexdigest() != item["digest"] or not os.path.exists(source):
        missing.append(item["digest"])
        try: os.unlink(source)
        except OSError: pass
    else: os.chmod(source, 0o444)
with open(place + "/mark", "w") as f: mark = os.fstat(f.fileno()).st_ctime_ns
print(json.dumps({"missing": sorted(set(missing)), "mark": str(mark)}))
`;

/**
 * Ends what is left of the call, and lists what its folder holds: `collect <call> <call folder> <mark>
 * <most entries>`. What was last changed before the mark is an input nobody touched.
 */
export const COLLECT = `${SWEEP}
import base64, hashlib, json, stat, sys
call, place, mark, most = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
sweep(call)
work, entries, more = os.fsencode(place + "/work"), [], 0
for name in sorted(os.listdir(work)):
    found = os.lstat(os.path.join(work, name))
    kind = "file" if stat.S_ISREG(found.st_mode) else "folder" if stat.S_ISDIR(found.st_mode) else "link" if stat.S_ISLNK(found.st_mode) else "special"
    if kind == "file" and found.st_ctime_ns < mark: continue
    if len(entries) >= most:
        more += 1
        continue
    digest = None
    if kind == "file":
        try:
            os.chmod(os.path.join(work, name), 0o644)
            digest = hashlib.sha256()
            with open(os.path.join(work, name), "rb") as f:
                while block := f.read(1 << 20): digest.update(block)
            digest = digest.hexdigest()
        except OSError: digest = None
    entries.append({"name": base64.b64encode(name).decode(), "kind": kind, "size": found.st_size, "digest": digest})
outcome = None
try:
    if stat.S_ISREG(os.lstat(place + "/outcome.json").st_mode):
        with open(place + "/outcome.json", encoding="utf-8", errors="replace") as f: outcome = f.read(65536)
except OSError: pass
print(json.dumps({"entries": entries, "more": more, "outcome": outcome}))
`;

/** What is installed: `probe <package> …`. */
export const PROBE = `
import importlib.metadata, json, platform, subprocess, sys
packages = {}
for name in sys.argv[1:]:
    try: packages[name] = importlib.metadata.version(name)
    except Exception: pass
try: node = subprocess.run(["node", "--version"], capture_output=True, text=True, timeout=10).stdout.strip()
except Exception: node = None
print(json.dumps({"python": platform.python_version(), "node": node or None, "packages": packages}))
`;
