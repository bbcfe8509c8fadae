"""Runs one job with the system's Python, inside the walls that bubblewrap put around this process.

Everything up to `run` is trusted. After it the job's code owns this process, and the server believes
nothing that arrives. Frames are those of protocol.ts: to the server [type u8][length u32][payload],
from it [length u32][payload].
"""

import _thread
import ast
import gc
import inspect
import json
import linecache
import os
import stat
import struct
import sys
import threading
import time
import traceback
import zlib

READY, STDOUT, STDERR, READ, FILE, REFUSED, DONE = range(1, 8)
PIECE = 1 << 20
PRINTED = 32 * 1024
MIB = 1 << 20


class Channel:
    def __init__(self, source, target):
        self._source = source
        self._target = target
        self._lock = _thread.allocate_lock()

    def send(self, kind, *parts):
        head = struct.pack('>BI', kind, sum(len(part) for part in parts))
        with self._lock:
            for part in (head, *parts):
                write_all(self._target, part)

    def send_json(self, kind, value):
        self.send(kind, json.dumps(value).encode())

    def receive(self):
        (size,) = struct.unpack('>I', self._exactly(4))
        return self._exactly(size)

    def read(self, index, offset):
        """At most 1 MiB of an input; nothing at its end."""
        self.send(READ, struct.pack('>IdI', index, offset, PIECE))
        return self.receive()

    def _exactly(self, size):
        pieces = []
        while size > 0:
            piece = os.read(self._source, min(size, PIECE))
            if not piece:
                raise EOFError('the server is gone')
            pieces.append(piece)
            size -= len(piece)
        return b''.join(pieces)


def write_all(descriptor, data):
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


class Printer:
    """Takes the place of descriptor 1 or 2, so that what C libraries print arrives as well."""

    def __init__(self, channel, kind, descriptor):
        self._descriptor = descriptor
        self._ended = _thread.allocate_lock()
        self._ended.acquire()
        source, target = os.pipe()
        os.dup2(target, descriptor)
        os.close(target)
        _thread.start_new_thread(self._pump, (channel, kind, source))

    def _pump(self, channel, kind, source):
        try:
            while printed := os.read(source, PRINTED):
                channel.send(kind, printed)
        finally:
            self._ended.release()

    def close(self):
        """Gives everything that was printed; not more than a second for who still holds the pipe."""
        nothing = os.open('/dev/null', os.O_WRONLY)
        os.dup2(nothing, self._descriptor)
        self._ended.acquire(timeout=1)


def copy_in(channel, files):
    """Writes the inputs here; answers how to recognise those that are still what they were."""
    known = {}
    # An odd nanosecond in the past: whatever writes to a file changes its time.
    before = (time.time_ns() // 10**9 - 60) * 10**9 + 1
    for index, file in enumerate(files):
        handle = os.open(file['name'], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        offset = digest = 0
        while offset < file['size'] and (piece := channel.read(index, offset)):
            write_all(handle, piece)
            offset += len(piece)
            digest = zlib.crc32(piece, digest)
        os.utime(handle, ns=(before, before))
        known[file['name']] = (marks(os.stat(handle)), digest)
        os.close(handle)
    return known


def marks(found):
    return found.st_ino, found.st_size, found.st_mtime_ns


def is_unchanged(name, found, known, limit):
    if name not in known:
        return False
    before, digest = known[name]
    if marks(found) != before:
        return False
    # Writing through a memory map changes no time; a file too large to come back is not looked at.
    if 'mmap' not in sys.modules or found.st_size > limit:
        return True
    now = 0
    with open(name, 'rb') as file:
        while piece := file.read(PIECE):
            now = zlib.crc32(piece, now)
    return now == digest


def collect(channel, known, limits):
    """Sends what the code made or changed at the top level; names what cannot be kept."""
    total = count = 0
    for name in sorted(os.listdir('.')):
        found = os.lstat(name)
        if is_unchanged(name, found, known, limits['fileBytes']):
            continue
        reason = None
        if stat.S_ISDIR(found.st_mode):
            reason = 'it is a folder; only files at the top level are kept'
        elif stat.S_ISLNK(found.st_mode):
            reason = 'it is a link; only regular files are kept'
        elif not stat.S_ISREG(found.st_mode):
            reason = 'it is not a regular file'
        elif found.st_size > limits['fileBytes']:
            reason = f'it is larger than {limits["fileBytes"] // MIB} MB'
        elif total + found.st_size > limits['totalBytes']:
            reason = f'all files together are larger than {limits["totalBytes"] // MIB} MB'
        elif count >= limits['files']:
            reason = f'there are more than {limits["files"]} files'
            count += 1
            if count > limits['files'] + 100:
                return
        if reason is None:
            try:
                handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
                with open(handle, 'rb') as file:
                    data = file.read(limits['fileBytes'])
            except OSError as error:
                reason = f'it cannot be read: {error.strerror}'
        if reason is not None:
            channel.send_json(REFUSED, {'name': name, 'reason': reason})
            continue
        total += len(data)
        count += 1
        encoded = os.fsencode(name)
        channel.send(FILE, struct.pack('>H', len(encoded)), encoded, data)


def trace(error):
    """The traceback without this file's own frames, and from the job's first line on."""
    whole = traceback.TracebackException.from_exception(error, limit=60)

    def clean(exception):
        frames = list(exception.stack)
        first = next((n for n, f in enumerate(frames) if f.filename == 'main.py'), None)
        kept = [f for f in frames if f.filename != OWN] if first is None else frames[first:]
        exception.stack = traceback.StackSummary.from_list(kept)
        for cause in (exception.__cause__, exception.__context__):
            if cause is not None:
                clean(cause)

    clean(whole)
    return ''.join(whole.format())[-8000:]


OWN = trace.__code__.co_filename
FINE = {'ok': True, 'reason': None, 'error': None}


def ended(error):
    if isinstance(error, SystemExit):
        if error.code in (None, 0):
            return FINE
        return {'ok': False, 'reason': 'error', 'error': f'SystemExit: {error.code}'}
    if isinstance(error, MemoryError):
        gc.collect()
        why = 'The code needed more memory than the sandbox has; read and work through the data in pieces.'
        return {'ok': False, 'reason': 'memory', 'error': trace(error) + why}
    return {'ok': False, 'reason': 'error', 'error': trace(error)}


def no_processes(*_, **__):
    raise PermissionError(1, 'processes do not exist in this sandbox')


def run(source):
    os.system = os.popen = no_processes
    linecache.cache['main.py'] = (len(source), None, source.splitlines(True), 'main.py')
    main = type(sys)('__main__')
    main.__dict__.update(__builtins__=__builtins__, __file__='main.py')
    sys.modules['__main__'] = main
    sys.argv = ['main.py']
    sys.path.insert(0, '')
    outcome = FINE
    try:
        code = compile(source, 'main.py', 'exec', flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        if code.co_flags & inspect.CO_COROUTINE:
            import asyncio

            asyncio.run(eval(code, main.__dict__))
        else:
            exec(code, main.__dict__)
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and not thread.daemon:
                thread.join()
    except BaseException as error:
        outcome = ended(error)
    # Files that the code left open are written to their end.
    main.__dict__.clear()
    gc.collect()
    return outcome


def main():
    channel = Channel(os.dup(0), os.dup(1))
    nothing = os.open('/dev/null', os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    printers = [Printer(channel, STDOUT, 1), Printer(channel, STDERR, 2)]
    texts = [sys.stdout, sys.stderr]
    for text in texts:
        text.reconfigure(line_buffering=True, errors='backslashreplace')
    os.environ.pop('PATH', None)
    channel.send_json(READY, {})
    job = json.loads(channel.receive())
    known = copy_in(channel, job['files'])
    outcome = run(job['code'])
    for text in (sys.stdout, sys.stderr, *texts):
        try:
            text.flush()
        except Exception:
            pass
    for printer in printers:
        printer.close()
    os.chdir('/session')
    collect(channel, known, job['limits'])
    channel.send_json(DONE, outcome)


# For the server's log: what goes wrong here, not what the job prints.
trouble = os.dup(2)
try:
    main()
    os._exit(0)
except BaseException:
    os.write(trouble, traceback.format_exc().encode(errors='replace'))
    os._exit(1)
