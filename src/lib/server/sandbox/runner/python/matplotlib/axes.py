"""Axes, with their two axis objects and spines."""

from ._calls import NAMES, Ref, call, warn
from ._artists import Artist


class _Spine:
    def __init__(self, axes, sides):
        self._axes, self._sides = axes, sides

    def set_visible(self, visible):
        for side in self._sides:
            call(self._axes._ref, 'spine', (side, bool(visible)), {})

    def set_color(self, color):
        for side in self._sides:
            call(self._axes._ref, 'spine', (side, None, color), {})

    def __getattr__(self, name):
        if name.startswith('set_'):
            return lambda *_, **__: warn(f'spine.{name}()')
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
            call(self._axes._ref, 'axis_format', (self._name, pattern), {})
        elif getattr(formatter, 'undrawn', False):
            warn(type(formatter).__name__)

    def set_major_locator(self, locator):
        call(self._axes._ref, 'locator', (self._name, getattr(locator, 'places', {})), {})

    def set_tick_params(self, **kwargs):
        call(self._axes._ref, 'tick_params', (self._name,), kwargs)

    def set_visible(self, visible):
        if not visible:
            call(self._axes._ref, f'set_{self._name}ticks', ([],), {})

    def grid(self, visible=True, **kwargs):
        kwargs.pop('which', None)
        call(self._axes._ref, 'grid', (visible,), {**kwargs, 'axis': self._name})

    def __getattr__(self, name):
        if name in ('set_minor_locator', 'set_minor_formatter'):
            return lambda *_, **__: warn('minor ticks')
        if name in ('set_ticks_position', 'set_label_position', 'tick_right', 'tick_left', 'tick_top', 'tick_bottom'):
            return lambda *_, **__: warn(f'axis.{name}()')
        raise AttributeError(f'an axis has no {name} here; there is set_major_formatter, grid, set_visible')


class Axes(Ref):
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
        from .pyplot import gcf

        return gcf()

    def get_figure(self):
        from .pyplot import gcf

        return gcf()

    def get_legend_handles_labels(self):
        found = call(self._ref, 'legend_entries', (), {})
        return [Artist(handle) for handle in found['handles']], found['labels']

    def set(self, **kwargs):
        for key, value in kwargs.items():
            getattr(self, f'set_{key}')(value)

    def __getattr__(self, name):
        if name in NAMES['axes']:
            return lambda *args, **kwargs: call(self._ref, name, args, kwargs)
        if name.startswith('_'):
            raise AttributeError(name)
        raise AttributeError(f'axes have no {name}() in this sandbox; there is {", ".join(sorted(NAMES["axes"]))}')
