"""matplotlib.pyplot as far as the sandbox has it: figures are data, drawn when they are saved."""

from contextlib import nullcontext
from types import SimpleNamespace

from . import cm, rcParams
from ._calls import NAMES, call, warn
from .cm import Colormap, get_cmap
from .figure import Figure, arrange, save
from .axes import Axes

style = SimpleNamespace(
    use=lambda name: call(None, 'style', (name if isinstance(name, str) else str(name),), {}),
    context=lambda *_, **__: warn('style.context()') or nullcontext(),
    available=['default', 'ggplot', 'seaborn-v0_8', 'seaborn-v0_8-whitegrid', 'fivethirtyeight'],
)


def savefig(fname, **kwargs):
    save(None, fname, **kwargs)


def subplots(nrows=1, ncols=1, squeeze=True, **kwargs):
    return arrange(call(None, 'subplots', (nrows, ncols), kwargs), squeeze)


def gcf():
    return call(None, 'gcf', (), {})


def show(*_, **__):
    pass


def ion():
    pass


def ioff():
    pass


def setp(*_, **kwargs):
    if 'rotation' in kwargs:
        raise NotImplementedError('setp() is not available here; use xticks(rotation=…) or tick_params(axis="x", rotation=…)')
    warn('setp()')


def get_fignums():
    return []


def __getattr__(name):
    if name in NAMES['pyplot'] or name in NAMES['axes'] or name in NAMES['figure']:
        def function(*args, **kwargs):
            return call(None, name, args, kwargs)

        function.__name__ = name
        return function
    raise AttributeError(f'plt.{name} is not available in this sandbox; there is savefig, {", ".join(sorted(NAMES["pyplot"] | NAMES["axes"]))}')
