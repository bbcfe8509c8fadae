"""Formats of number axes. Ticks stand on round numbers by themselves; locators are accepted."""


class StrMethodFormatter:
    def __init__(self, fmt):
        self.pattern = fmt


class FormatStrFormatter(StrMethodFormatter):
    pass


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


class _Automatic:
    pattern = None

    def __init__(self, *_, **__):
        pass


MaxNLocator = MultipleLocator = AutoLocator = FixedLocator = LogLocator = AutoMinorLocator = _Automatic
ScalarFormatter = NullFormatter = EngFormatter = _Automatic
