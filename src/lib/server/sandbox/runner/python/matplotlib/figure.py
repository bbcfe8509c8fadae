"""Figures: their axes, and how they are saved."""

import json
import os

import _raro_charts

from ._calls import NAMES, Ref, call
from .axes import Axes


class _Grid(list):
    """Axes in rows and columns, as matplotlib's arrays of axes are used."""

    def __getitem__(self, at):
        if isinstance(at, tuple):
            row, column = at
            if isinstance(row, slice):
                return _Grid(line[column] for line in list.__getitem__(self, row))
            return list.__getitem__(self, row)[column]
        return list.__getitem__(self, at)

    def flatten(self):
        return _Grid(axes for item in self for axes in (item if isinstance(item, list) else [item]))

    ravel = flatten

    @property
    def flat(self):
        return iter(self.flatten())

    @property
    def shape(self):
        return (len(self), len(self[0])) if self and isinstance(self[0], list) else (len(self),)

    @property
    def size(self):
        return len(self.flatten())


def arrange(made, squeeze):
    figure_, axes, rows, columns = made
    if squeeze and len(axes) == 1:
        return figure_, axes[0]
    if squeeze and 1 in (rows, columns):
        return figure_, _Grid(axes)
    return figure_, _Grid(_Grid(axes[r * columns:(r + 1) * columns]) for r in range(rows))


class Figure(Ref):
    @property
    def axes(self):
        return [Axes({'$axes': n}) for n in self._value.get('axes', [])]

    @property
    def patch(self):
        return self

    @property
    def number(self):
        return self._ref['$figure']

    def savefig(self, fname, **kwargs):
        save(self._ref['$figure'], fname, **kwargs)

    def subplots(self, nrows=1, ncols=1, squeeze=True, **kwargs):
        return arrange(call(self._ref, 'subplots', (nrows, ncols), kwargs), squeeze)[1]

    def __getattr__(self, name):
        if name in NAMES['figure'] or name in ('gca', 'clf'):
            return lambda *args, **kwargs: call(self._ref, name, args, kwargs)
        if name in ('set_tight_layout', 'set_dpi', 'canvas', 'set_constrained_layout', 'set_layout_engine', 'align_labels', 'align_ylabels', 'show'):
            return lambda *_, **__: None
        raise AttributeError(f'a figure has no {name} in this sandbox; there is savefig, {", ".join(sorted(NAMES["figure"]))}')


def save(figure, fname, dpi=None, format=None, **_):
    options = json.dumps({'dpi': dpi if isinstance(dpi, (int, float)) else None})
    name = os.fspath(fname) if isinstance(fname, (str, os.PathLike)) else None
    kind = (format or (os.path.splitext(name)[1][1:] if name else '') or 'png').lower()
    if kind not in ('png', 'svg'):
        raise ValueError(f'savefig can write PNG and SVG here, not {kind}')
    if kind == 'svg':
        content = _raro_charts.svg(figure, options).encode()
    else:
        content = _raro_charts.png(figure, options).to_bytes()
    if name is None:
        fname.write(content)
    else:
        if not os.path.splitext(name)[1]:
            name += '.' + kind
        with open(name, 'wb') as file:
            file.write(content)
