"""Colour maps by name."""

import json

import _raro_charts


class Colormap:
    def __init__(self, name, count=None):
        self.name = self.colormap_name = name.name if isinstance(name, Colormap) else name
        self.N = count or 256
        self(0.0)

    def __call__(self, value):
        if hasattr(value, '__iter__'):
            return [self(v) for v in value]
        share = value / max(1, self.N - 1) if isinstance(value, int) and not isinstance(value, bool) and self.N != 256 else value
        if isinstance(value, int) and self.N == 256:
            share = value / (10 if self.name.startswith(('tab10', 'Set', 'Pastel', 'Dark')) else 20 if self.name == 'tab20' else 255)
        answer = json.loads(_raro_charts.color(self.name, float(share)))
        if 'error' in answer:
            raise ValueError(answer['error'])
        text = answer['value']
        return tuple(int(text[n:n + 2], 16) / 255 for n in (1, 3, 5)) + (1.0,)


def get_cmap(name='viridis', lut=None):
    return Colormap(name, lut)


class _Maps:
    def __getitem__(self, name):
        return Colormap(name)

    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return Colormap(name)


colormaps = _Maps()


def __getattr__(name):
    if name.startswith('__'):
        raise AttributeError(name)
    return Colormap(name)
