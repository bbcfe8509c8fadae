"""Calls to the drawing side: values on their way there, and what comes back."""

import datetime
import json

import _raro_charts

_ERRORS = {'TypeError': TypeError, 'ValueError': ValueError, 'NotImplementedError': NotImplementedError, 'RuntimeError': RuntimeError}
NAMES = {key: set(names) for key, names in json.loads(_raro_charts.describe()).items()}


class Ref:
    def __init__(self, value):
        self._value = value
        key = next(k for k in ('$axes', '$figure', '$artist') if k in value)
        self._ref = {key: value[key]}

    def __eq__(self, other):
        return isinstance(other, Ref) and other._ref == self._ref

    def __hash__(self):
        return hash(str(self._ref))


def warn(feature):
    """One line on stderr, once: this would be seen in the chart, and is not drawn."""
    _raro_charts.warn(feature)


def encode(value):
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else float(value)
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, Ref):
        return value._ref
    if isinstance(value, datetime.datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
        return {'$t': aware.timestamp() * 1000}
    if isinstance(value, datetime.date):
        return {'$t': (value - datetime.date(1970, 1, 1)).days * 86400000}
    if isinstance(value, dict):
        return {str(key): encode(item) for key, item in value.items()}
    if hasattr(value, 'colormap_name'):
        return value.colormap_name
    if isinstance(value, (list, tuple, set, range)) or hasattr(value, '__iter__'):
        # Most items are finite floats: they go as they are.
        return [item if type(item) is float and item - item == 0 else encode(item) for item in value]
    if hasattr(value, '__float__'):
        return encode(float(value))
    raise TypeError(f'a chart cannot show {type(value).__name__}: give numbers, dates, text or lists of them')


def call(target, method, args, kwargs):
    if callable(kwargs.get('autopct')):
        function, values = kwargs['autopct'], list(args[0] if args else kwargs['x'])
        kwargs = {**kwargs, 'autopct': [function(100 * v / (sum(values) or 1)) for v in values]}
    request = {'target': target, 'method': method, 'args': [encode(a) for a in args]}
    request['kwargs'] = {key: encode(value) for key, value in kwargs.items() if value is not None}
    answer = json.loads(_raro_charts.call(json.dumps(request)))
    if 'error' in answer:
        raise _ERRORS.get(answer.get('type'), RuntimeError)(answer['error'])
    from ._objects import wrap

    return wrap(answer['value'])
