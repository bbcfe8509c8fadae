"""What calls answer, as the objects that people know from matplotlib."""

from ._artists import Artist, BarContainer, Fixed
from .axes import Axes
from .figure import Figure


def wrap(value):
    if isinstance(value, list):
        return [wrap(item) for item in value]
    if not isinstance(value, dict):
        return value
    if 'rows' in value and 'figure' in value:
        return Figure(value['figure']), [Axes(a) for a in value['axes']], value['rows'], value['columns']
    if '$axes' in value:
        return Axes(value)
    if '$figure' in value:
        return Figure(value)
    if 'counts' in value:
        return value['counts'], value['edges'], wrap(value['artists'])
    if value.get('kind') == 'rects':
        return BarContainer(value)
    if value.get('kind') == 'pie':
        parts = [Artist(value, n) for n in range(value['count'])]
        texts = [Fixed() for _ in parts]
        return (parts, texts, [Fixed() for _ in parts]) if value['percent'] else (parts, texts)
    if value.get('kind') == 'boxes':
        boxes = [Artist(value, n) for n in range(value['count'])]
        return {'boxes': boxes, 'medians': [Fixed() for _ in boxes], 'whiskers': [Fixed() for _ in range(2 * len(boxes))],
                'caps': [Fixed() for _ in range(2 * len(boxes))], 'fliers': [Fixed() for _ in boxes], 'means': [Fixed() for _ in boxes]}
    if '$artist' in value:
        return Artist(value)
    return value
