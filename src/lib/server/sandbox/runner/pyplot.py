"""matplotlib.pyplot as far as the sandbox has it: figures are data, drawn when they are saved."""

import datetime as _datetime
import json as _json
import os as _os
import types as _types

import _raro_charts

_ERRORS = {'TypeError': TypeError, 'ValueError': ValueError, 'NotImplementedError': NotImplementedError, 'RuntimeError': RuntimeError}
_NAMES = {key: set(names) for key, names in _json.loads(_raro_charts.describe()).items()}


def _encode(value):
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else float(value)
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, _Ref):
        return value._ref
    if isinstance(value, _datetime.datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=_datetime.timezone.utc)
        return {'$t': aware.timestamp() * 1000}
    if isinstance(value, _datetime.date):
        return {'$t': (value - _datetime.date(1970, 1, 1)).days * 86400000}
    if isinstance(value, dict):
        return {str(key): _encode(item) for key, item in value.items()}
    if isinstance(value, Colormap):
        return value.name
    if isinstance(value, (list, tuple, set, range)) or hasattr(value, '__iter__'):
        return [_encode(item) for item in value]
    if hasattr(value, '__float__'):
        return _encode(float(value))
    raise TypeError(f'a chart cannot show {type(value).__name__}: give numbers, dates, text or lists of them')


def _call(target, method, args, kwargs):
    if callable(kwargs.get('autopct')):
        function, values = kwargs['autopct'], list(args[0] if args else kwargs['x'])
        kwargs = {**kwargs, 'autopct': [function(100 * v / (sum(values) or 1)) for v in values]}
    request = {'target': target, 'method': method, 'args': [_encode(a) for a in args]}
    request['kwargs'] = {key: _encode(value) for key, value in kwargs.items() if value is not None}
    answer = _json.loads(_raro_charts.call(_json.dumps(request)))
    if 'error' in answer:
        raise _ERRORS.get(answer.get('type'), RuntimeError)(answer['error'])
    return _wrap(answer['value'])


def _wrap(value):
    if isinstance(value, list):
        return [_wrap(item) for item in value]
    if not isinstance(value, dict):
        return value
    if 'rows' in value and 'figure' in value:
        return Figure(value['figure']), [Axes(a) for a in value['axes']], value['rows'], value['columns']
    if '$axes' in value:
        return Axes(value)
    if '$figure' in value:
        return Figure(value)
    if 'counts' in value:
        return value['counts'], value['edges'], _wrap(value['artists'])
    if value.get('kind') == 'rects':
        return BarContainer(value)
    if value.get('kind') == 'pie':
        parts = [Artist(value, n) for n in range(value['count'])]
        texts = [_Text() for _ in parts]
        return (parts, texts, [_Text() for _ in parts]) if value['percent'] else (parts, texts)
    if value.get('kind') == 'boxes':
        boxes = [Artist(value, n) for n in range(value['count'])]
        return {'boxes': boxes, 'medians': [_Text() for _ in boxes], 'whiskers': [_Text() for _ in range(2 * len(boxes))],
                'caps': [_Text() for _ in range(2 * len(boxes))], 'fliers': [_Text() for _ in boxes], 'means': [_Text() for _ in boxes]}
    if '$artist' in value:
        return Artist(value)
    return value


class _Ref:
    def __init__(self, value):
        self._value = value
        key = next(k for k in ('$axes', '$figure', '$artist') if k in value)
        self._ref = {key: value[key]}

    def __eq__(self, other):
        return isinstance(other, _Ref) and other._ref == self._ref

    def __hash__(self):
        return hash(str(self._ref))


class _Text:
    """Text and lines whose look is fixed; settings are accepted."""

    def __getattr__(self, name):
        if name.startswith('set'):
            return lambda *_, **__: None
        raise AttributeError(name)


class Artist(_Ref):
    def __init__(self, value, index=None, rect=None):
        super().__init__(value)
        self._index, self._rect = index, rect

    def __getattr__(self, name):
        if name.startswith('set_'):
            return lambda value, *_: _call(self._ref, name, (value,), {'index': self._index})
        rect = self.__dict__.get('_rect')
        if rect and name in ('get_x', 'get_y', 'get_width', 'get_height'):
            return lambda: rect[name[4:]]
        raise AttributeError(f'{name} is not available on what a plot function returns here')

    def get_label(self):
        return ''


class BarContainer(_Ref):
    def __init__(self, value):
        super().__init__(value)
        self.patches = [Artist(value, n, rect) for n, rect in enumerate(value['rects'])]

    def __iter__(self):
        return iter(self.patches)

    def __len__(self):
        return len(self.patches)

    def __getitem__(self, n):
        return self.patches[n]


class _Spine:
    def __init__(self, axes, sides):
        self._axes, self._sides = axes, sides

    def set_visible(self, visible):
        for side in self._sides:
            _call(self._axes._ref, 'spine', (side, bool(visible)), {})

    def set_color(self, color):
        for side in self._sides:
            _call(self._axes._ref, 'spine', (side, None, color), {})

    def __getattr__(self, name):
        if name.startswith('set_'):
            return lambda *_, **__: None
        raise AttributeError(name)


class _Spines:
    def __init__(self, axes):
        self._axes = axes

    def __getitem__(self, sides):
        if isinstance(sides, slice):
            sides = ('left', 'right', 'top', 'bottom')
        return _Spine(self._axes, [sides] if isinstance(sides, str) else list(sides))

    def __getattr__(self, side):
        if side.startswith('_'):
            raise AttributeError(side)
        return self[side]

    def values(self):
        return [self[side] for side in ('left', 'right', 'top', 'bottom')]

    def items(self):
        return [(side, self[side]) for side in ('left', 'right', 'top', 'bottom')]


class _Axis:
    def __init__(self, axes, name):
        self._axes, self._name = axes, name

    def set_major_formatter(self, formatter):
        pattern = formatter if isinstance(formatter, str) else getattr(formatter, 'pattern', None)
        if callable(formatter) and pattern is None:
            raise NotImplementedError('a function as formatter is not available here; use ticker.StrMethodFormatter or set tick labels')
        if pattern is not None:
            _call(self._axes._ref, 'axis_format', (self._name, pattern), {})

    def set_visible(self, visible):
        if not visible:
            _call(self._axes._ref, f'set_{self._name}ticks', ([],), {})

    def grid(self, visible=True, **kwargs):
        kwargs.pop('which', None)
        _call(self._axes._ref, 'grid', (visible,), {**kwargs, 'axis': self._name})

    def __getattr__(self, name):
        if name in ('set_major_locator', 'set_minor_locator', 'set_minor_formatter', 'set_ticks_position', 'set_tick_params', 'set_label_position', 'tick_right', 'tick_left', 'tick_top', 'tick_bottom'):
            return lambda *_, **__: None
        raise AttributeError(f'an axis has no {name} here; there is set_major_formatter, grid, set_visible')


class Axes(_Ref):
    transAxes = 'axes'

    @property
    def transData(self):
        return None

    @property
    def spines(self):
        return _Spines(self)

    @property
    def xaxis(self):
        return _Axis(self, 'x')

    @property
    def yaxis(self):
        return _Axis(self, 'y')

    @property
    def figure(self):
        return gcf()

    def get_figure(self):
        return gcf()

    def get_legend_handles_labels(self):
        found = _call(self._ref, 'legend_entries', (), {})
        return [Artist(handle) for handle in found['handles']], found['labels']

    def set(self, **kwargs):
        for key, value in kwargs.items():
            getattr(self, f'set_{key}')(value)

    def __getattr__(self, name):
        if name in _NAMES['axes']:
            return lambda *args, **kwargs: _call(self._ref, name, args, kwargs)
        if name.startswith('_'):
            raise AttributeError(name)
        raise AttributeError(f'axes have no {name}() in this sandbox; there is {", ".join(sorted(_NAMES["axes"]))}')


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


def _arrange(made, squeeze):
    figure_, axes, rows, columns = made
    if squeeze and len(axes) == 1:
        return figure_, axes[0]
    if squeeze and 1 in (rows, columns):
        return figure_, _Grid(axes)
    return figure_, _Grid(_Grid(axes[r * columns:(r + 1) * columns]) for r in range(rows))


class Figure(_Ref):
    @property
    def axes(self):
        return [Axes({'$axes': n}) for n in self._value.get('axes', [])]

    @property
    def number(self):
        return self._ref['$figure']

    def savefig(self, fname, **kwargs):
        _save(self._ref['$figure'], fname, **kwargs)

    def subplots(self, nrows=1, ncols=1, squeeze=True, **kwargs):
        return _arrange(_call(self._ref, 'subplots', (nrows, ncols), kwargs), squeeze)[1]

    def __getattr__(self, name):
        if name in _NAMES['figure'] or name in ('gca', 'clf'):
            return lambda *args, **kwargs: _call(self._ref, name, args, kwargs)
        if name in ('set_tight_layout', 'set_dpi', 'patch', 'canvas', 'set_facecolor', 'set_constrained_layout', 'set_layout_engine', 'align_labels', 'align_ylabels', 'show'):
            return lambda *_, **__: None
        raise AttributeError(f'a figure has no {name} in this sandbox; there is savefig, {", ".join(sorted(_NAMES["figure"]))}')


def _save(figure_, fname, dpi=None, format=None, **_):
    options = _json.dumps({'dpi': dpi if isinstance(dpi, (int, float)) else None})
    name = _os.fspath(fname) if isinstance(fname, (str, _os.PathLike)) else None
    kind = (format or (_os.path.splitext(name)[1][1:] if name else '') or 'png').lower()
    if kind not in ('png', 'svg'):
        raise ValueError(f'savefig can write PNG and SVG here, not {kind}')
    if kind == 'svg':
        content = _raro_charts.svg(figure_, options).encode()
    else:
        content = _raro_charts.png(figure_, options).to_bytes()
    if name is None:
        fname.write(content)
    else:
        if not _os.path.splitext(name)[1]:
            name += '.' + kind
        with open(name, 'wb') as file:
            file.write(content)


def savefig(fname, **kwargs):
    _save(None, fname, **kwargs)


def subplots(nrows=1, ncols=1, squeeze=True, **kwargs):
    return _arrange(_call(None, 'subplots', (nrows, ncols), kwargs), squeeze)


def gcf():
    return _call(None, 'gcf', (), {})


def show(*_, **__):
    pass


def ion():
    pass


def ioff():
    pass


def get_cmap(name='viridis', lut=None):
    return Colormap(name, lut)


class Colormap:
    def __init__(self, name, count=None):
        self.name = name.name if isinstance(name, Colormap) else name
        self.N = count or 256
        self(0.0)

    def __call__(self, value):
        if hasattr(value, '__iter__'):
            return [self(v) for v in value]
        share = value / max(1, self.N - 1) if isinstance(value, int) and not isinstance(value, bool) and self.N != 256 else value
        if isinstance(value, int) and self.N == 256:
            share = value / (10 if self.name.startswith(('tab10', 'Set', 'Pastel', 'Dark')) else 20 if self.name == 'tab20' else 255)
        answer = _json.loads(_raro_charts.color(self.name, float(share)))
        if 'error' in answer:
            raise ValueError(answer['error'])
        text = answer['value']
        return tuple(int(text[n:n + 2], 16) / 255 for n in (1, 3, 5)) + (1.0,)


class _Maps:
    def __getitem__(self, name):
        return Colormap(name)

    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return get_cmap if name == 'get_cmap' else Colormap(name)


cm = _Maps()
style = _types.SimpleNamespace(
    use=lambda name: _call(None, 'style', (name if isinstance(name, str) else str(name),), {}),
    context=lambda *_, **__: __import__('contextlib').nullcontext(),
    available=['default', 'ggplot', 'seaborn-v0_8', 'seaborn-v0_8-whitegrid', 'fivethirtyeight'],
)


def setp(*_, **kwargs):
    if 'rotation' in kwargs:
        raise NotImplementedError('setp() is not available here; use xticks(rotation=…) or tick_params(axis="x", rotation=…)')


def get_fignums():
    return []


def __getattr__(name):
    if name == 'rcParams':
        from . import rcParams

        return rcParams
    if name in _NAMES['pyplot'] or name in _NAMES['axes'] or name in _NAMES['figure']:
        def function(*args, **kwargs):
            return _call(None, name, args, kwargs)

        function.__name__ = name
        return function
    raise AttributeError(f'plt.{name} is not available in this sandbox; there is savefig, {", ".join(sorted(_NAMES["pyplot"] | _NAMES["axes"]))}')
