"""Runs the job's code and reports how it ended."""

import ast
import asyncio
import errno
import gc
import inspect
import json
import linecache
import os
import random
import sys
import traceback

MISSING = {
    'numpy', 'pandas', 'scipy', 'sklearn', 'seaborn', 'plotly', 'polars', 'pyarrow', 'statsmodels',
    'requests', 'httpx', 'openpyxl', 'xlrd', 'xlsxwriter', 'PIL', 'cv2', 'torch', 'tensorflow', 'bs4',
    'lxml', 'networkx', 'sympy', 'altair', 'bokeh', 'micropip', 'tabulate', 'pydantic', 'duckdb', 'dateutil', 'pytz',
}


# Modules of packages that this server has; only those that the code names were loaded.
installed = set()


class _Missing:
    def __init__(self):
        folder = os.path.dirname(__file__)
        here = {name.partition('.')[0] for name in os.listdir(folder)}
        self.missing = (MISSING | installed) - here

    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] not in self.missing:
            return None
        if name.split('.')[0] in installed:
            raise ModuleNotFoundError(
                f'{name} is installed but was not loaded: write "import {name}" plainly in the code',
                name=name,
            )
        else:
            raise ModuleNotFoundError(
                f'{name} is not available in this sandbox and cannot be installed; use the standard '
                'library (csv, json, statistics, sqlite3, datetime, collections, zoneinfo) and matplotlib.pyplot',
                name=name,
            )


def _no_processes(*_, **__):
    raise OSError(errno.ENOTSUP, 'processes do not exist in this sandbox')


def prepare():
    os.system = os.popen = _no_processes
    random.seed(os.urandom(32))
    os.environ.clear()
    os.environ.update(HOME='/home/pyodide', LANG='C.UTF-8', TZ='UTC', MPLBACKEND='Agg')
    sys.meta_path.insert(0, _Missing())
    sys.path.insert(0, '')
    sys.argv = ['main.py']


def _trace(error):
    frames = traceback.TracebackException.from_exception(error, limit=60)
    hidden = ('_raro_driver', '/pyodide/', '_pyodide')

    def clean(exception):
        exception.stack = traceback.StackSummary.from_list(
            [f for f in exception.stack if not any(h in f.filename for h in hidden)]
        )
        for cause in (exception.__cause__, exception.__context__):
            if cause is not None:
                clean(cause)

    clean(frames)
    return ''.join(frames.format())[-8000:]


def _ended(error):
    if isinstance(error, SystemExit):
        if error.code in (None, 0):
            return {'ok': True, 'reason': None, 'error': None}
        return {'ok': False, 'reason': 'error', 'error': f'SystemExit: {error.code}'}
    if isinstance(error, MemoryError):
        gc.collect()
        return {
            'ok': False,
            'reason': 'memory',
            'error': _trace(error) + 'The code needed more memory than the sandbox has; read and '
            'work through the data in pieces.',
        }
    return {'ok': False, 'reason': 'error', 'error': _trace(error)}


async def execute(source):
    prepare()
    linecache.cache['main.py'] = (len(source), None, source.splitlines(True), 'main.py')
    main = type(sys)('__main__')
    main.__dict__.update(__builtins__=__builtins__, __file__='main.py')
    sys.modules['__main__'] = main
    outcome = {'ok': True, 'reason': None, 'error': None}
    try:
        code = compile(source, 'main.py', 'exec', flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        result = eval(code, main.__dict__)
        if inspect.iscoroutine(result):
            await result
    except BaseException as error:
        outcome = _ended(error)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
    return json.dumps(outcome)
