"""Places and formats of ticks on date axes. Without a locator, they stand on round dates."""


class DateFormatter:
    def __init__(self, fmt, *_, **__):
        self.pattern = fmt


class AutoDateFormatter:
    pattern = None

    def __init__(self, *_, **__):
        pass


ConciseDateFormatter = AutoDateFormatter


class AutoDateLocator:
    places = {}

    def __init__(self, *_, **__):
        pass


class _Every:
    unit = 'd'
    size = 1

    def __init__(self, *on, interval=1, **chosen):
        if any(value is not None for value in on) or chosen:
            from ._calls import warn

            warn(f'{type(self).__name__} for chosen dates')
        self.places = {'unit': self.unit, 'every': self.size * interval}


class YearLocator(_Every):
    unit = 'y'

    def __init__(self, base=1, *on, **chosen):
        super().__init__(*on, interval=base, **chosen)


class MonthLocator(_Every):
    unit = 'M'


class WeekdayLocator(_Every):
    size = 7


class DayLocator(_Every):
    pass


class HourLocator(_Every):
    unit = 'h'


class MinuteLocator(_Every):
    unit = 'm'


def date2num(value):
    import datetime

    if isinstance(value, (list, tuple)):
        return [date2num(v) for v in value]
    if not isinstance(value, datetime.datetime):
        value = datetime.datetime(value.year, value.month, value.day)
    if value.tzinfo is None:
        value = value.replace(tzinfo=datetime.timezone.utc)
    return value.timestamp() / 86400
