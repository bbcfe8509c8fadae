"""What plot functions return."""

from ._calls import Ref, call, warn


class Fixed:
    """Text and lines whose look is fixed."""

    def __getattr__(self, name):
        if name.startswith('set'):
            return lambda *_, **__: warn(f'{name}() of texts in pies and parts of boxes')
        raise AttributeError(name)


class Artist(Ref):
    def __init__(self, value, index=None, rect=None):
        super().__init__(value)
        self._index, self._rect = index, rect

    def __getattr__(self, name):
        if name.startswith('set_'):
            return lambda value, *_: call(self._ref, name, (value,), {'index': self._index})
        rect = self.__dict__.get('_rect')
        if rect and name in ('get_x', 'get_y', 'get_width', 'get_height'):
            return lambda: rect[name[4:]]
        raise AttributeError(f'{name} is not available on what a plot function returns here')

    def get_label(self):
        return ''


class BarContainer(Ref):
    def __init__(self, value):
        super().__init__(value)
        self.patches = [Artist(value, n, rect) for n, rect in enumerate(value['rects'])]

    def __iter__(self):
        return iter(self.patches)

    def __len__(self):
        return len(self.patches)

    def __getitem__(self, n):
        return self.patches[n]
