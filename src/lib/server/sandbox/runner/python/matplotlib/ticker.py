"""Places and formats of ticks. Without a locator, ticks stand on round numbers."""


class StrMethodFormatter:
    def __init__(self, fmt):
        self.pattern = fmt


class FormatStrFormatter(StrMethodFormatter):
    pass


class NullFormatter:
    pattern = ' '


class ScalarFormatter:
    pattern = None

    def __init__(self, *_, **__):
        pass


class EngFormatter(ScalarFormatter):
    undrawn = True


class PercentFormatter:
    def __init__(self, xmax=100, decimals=None, symbol='%', **_):
        if xmax not in (1, 1.0, 100):
            raise NotImplementedError('PercentFormatter: xmax can be 1 or 100 here')
        places = 0 if decimals is None else decimals
        self.pattern = f'{{x:.{places}%}}' if xmax != 100 else f'{{x:.{places}f}}{symbol}'


class FuncFormatter:
    def __init__(self, function):
        raise NotImplementedError(
            'FuncFormatter is not available here; use StrMethodFormatter("{x:,.0f}"), '
            'PercentFormatter, or set_xticks/set_yticks with labels'
        )


class AutoLocator:
    places = {}

    def __init__(self, *_, **__):
        pass


LogLocator = AutoMinorLocator = AutoLocator


class NullLocator:
    places = {'ticks': []}


class MaxNLocator:
    def __init__(self, nbins='auto', integer=False, **_):
        self.places = {'integer': integer, 'nbins': nbins if isinstance(nbins, int) else None}


class MultipleLocator:
    def __init__(self, base=1.0, *_, **__):
        self.places = {'every': base}


class FixedLocator:
    def __init__(self, locs, *_):
        self.places = {'ticks': list(locs)}
