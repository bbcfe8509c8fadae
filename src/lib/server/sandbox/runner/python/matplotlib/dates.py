"""Formats of date axes. Ticks stand on round dates by themselves; locators are accepted."""


class DateFormatter:
    def __init__(self, fmt, *_, **__):
        self.pattern = fmt


class _Automatic:
    pattern = None

    def __init__(self, *_, **__):
        pass


AutoDateFormatter = ConciseDateFormatter = _Automatic
AutoDateLocator = YearLocator = MonthLocator = WeekdayLocator = DayLocator = HourLocator = MinuteLocator = _Automatic


def date2num(value):
    import datetime

    if isinstance(value, (list, tuple)):
        return [date2num(v) for v in value]
    if not isinstance(value, datetime.datetime):
        value = datetime.datetime(value.year, value.month, value.day)
    if value.tzinfo is None:
        value = value.replace(tzinfo=datetime.timezone.utc)
    return value.timestamp() / 86400
