"""What charts need of matplotlib; drawn by the sandbox itself. See matplotlib.pyplot."""

__version__ = '3.10-subset'


class _Settings(dict):
    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        from ._calls import call

        call(None, 'rc', (key, value), {})

    def update(self, *args, **kwargs):
        for key, value in dict(*args, **kwargs).items():
            self[key] = value


rcParams = _Settings()


def use(*_, **__):
    pass


def rc(group, **settings):
    for key, value in settings.items():
        rcParams[f'{group}.{key}'] = value


def __getattr__(name):
    if name == 'colormaps':
        from .cm import colormaps

        return colormaps
    if name == 'cm':
        from importlib import import_module

        return import_module('matplotlib.cm')
    raise AttributeError(f'matplotlib.{name} is not available here; there is pyplot, dates, ticker, rcParams, use, cm')
