"""Says, as JSON, what this interpreter is and which of the named packages it can import."""

import importlib.metadata
import importlib.util
import json
import platform
import sys

found = []
for module, distribution in json.loads(sys.argv[1]):
    if importlib.util.find_spec(module) is None:
        continue
    try:
        version = importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        version = None
    found.append({'module': module, 'version': version})
print(json.dumps({'python': platform.python_version(), 'packages': found}))
