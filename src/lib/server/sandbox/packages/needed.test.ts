import { expect, test } from 'vitest';
import { packagesIn } from './needed';
import { readLock } from './lock';
import { findPyodide } from '../runtime';

const pinned = { lock: await readLock(findPyodide().folder) };

test.each([
	['import numpy as np', ['numpy']],
	['import os, numpy', ['numpy']],
	['import os, \\\n  numpy', ['numpy']],
	['    from scipy.stats import norm', ['scipy']],
	['from PIL import Image', ['pillow']],
	['from dateutil.parser import parse', ['python-dateutil']],
	['importlib.import_module("numpy.linalg")', ['numpy']],
	['x = __import__("numpy")', ['numpy']],
	['if a: import numpy; import scipy', ['numpy', 'scipy']],
	['numpy = 1\nprint("pandas")', []],
	['import json, csv', []],
	['import pandas as pd\nprint(pd.read_csv("a.csv"))', ['pandas']],
	['import pandas as pd\ndf.plot.bar()', ['matplotlib', 'pandas']],
	['import pandas as pd\npd.read_excel("a.xlsx")', ['pandas', 'python-calamine', 'xlrd']],
	['', []]
])('%j needs %j', (code, names) => {
	expect(packagesIn(code, pinned).sort()).toEqual(names);
});
