// @ts-nocheck -- runs inside Deno, never in Node
/* global Deno */
// Makes the memory snapshot that sandbox processes start from. Runs no code but this.
const [pyodide, out] = Deno.args;
const { loadPyodide } = await import('file://' + pyodide + '/pyodide.mjs');
const py = await loadPyodide({ indexURL: pyodide + '/', _makeSnapshot: true });
py.runPython(`
import ast, base64, collections, csv, datetime, decimal, fractions, functools, gc, hashlib, html
import inspect, io, itertools, json, linecache, math, os, pathlib, random, re, statistics, string, struct
import textwrap, traceback, urllib.parse, zlib
import encodings.cp437, importlib.metadata, shutil, sysconfig, tarfile, zipfile
os.environ.clear()
`);
Deno.writeFileSync(out, py.makeMemorySnapshot({ serializer: () => ({}) }));
Deno.exit(0);
