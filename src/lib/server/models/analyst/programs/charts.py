import json
import matplotlib
if hasattr(matplotlib, 'use'):
    matplotlib.use('Agg')
import matplotlib.pyplot as plt

INK = '#2f6f8f'
SECOND = '#c9822b'
SERIES = ['#2f6f8f', '#c9822b', '#5b8c5a', '#a4506c', '#6b6bb0', '#8a7a5c', '#3aa0a0', '#b0563a']


def figure(height=4.6):
    return plt.subplots(figsize=(9, height))


def finish(fig, ax, chart):
    ax.set_title(chart['title'])
    if chart.get('x_label'):
        ax.set_xlabel(chart['x_label'])
    if chart.get('y_label'):
        ax.set_ylabel(chart['y_label'])
    fig.tight_layout()
    fig.savefig(chart['file'], dpi=130)
    plt.close(fig)


def histogram(chart):
    fig, ax = figure()
    edges, counts = chart['edges'], chart['counts']
    if len(counts) == 1:
        ax.bar([str(edges[0])], counts, color=INK)
    else:
        middles = [(a + b) / 2 for a, b in zip(edges, edges[1:])]
        ax.bar(middles, counts, width=(edges[1] - edges[0]) * 0.94, color=INK)
        ax.axvline(chart['median'], color=SECOND, linewidth=2, label='median')
        ax.axvline(chart['mean'], color='#444444', linewidth=2, linestyle='--', label='mean')
        ax.legend()
    finish(fig, ax, chart)


def bars(chart):
    fig, ax = figure(height=max(2.6, 1.4 + 0.36 * len(chart['labels'])))
    labels, values = chart['labels'][::-1], chart['values'][::-1]
    places = list(range(len(labels)))
    ax.barh(places, values, color=INK)
    ax.set_yticks(places)
    ax.set_yticklabels(labels)
    if chart.get('note'):
        chart['x_label'] += ' - ' + chart['note']
    finish(fig, ax, chart)


def lines(chart):
    fig, ax = figure()
    names = {}
    marker = 'o' if max(len(s['points']) for s in chart['series']) <= 30 else ''
    for k, one in enumerate(chart['series']):
        for name, at, _ in one['points']:
            names[at] = name
        points = one['points']
        ax.plot([p[1] for p in points], [p[2] for p in points], marker=marker, markersize=4,
                color=SERIES[k % len(SERIES)], linewidth=2, label=one['label'])
    places = sorted(names)
    step = max(1, -(-len(places) // 8))
    ax.set_xticks(places[::step])
    ax.set_xticklabels([names[p] for p in places[::step]])
    if len(chart['series']) > 1:
        ax.legend()
    finish(fig, ax, chart)


def boxes(chart):
    fig, ax = figure()
    groups = chart['groups']
    # Five values with these quartiles draw the same box as all of them would.
    ax.boxplot([[g['low'], g['q1'], g['median'], g['q3'], g['high']] for g in groups],
               whis=1e9, showfliers=False)
    for k, g in enumerate(groups):
        if g['outliers_shown']:
            ax.scatter([k + 1] * len(g['outliers_shown']), g['outliers_shown'], s=10,
                       color='#777777')
    ax.set_xticks(list(range(1, len(groups) + 1)))
    ax.set_xticklabels([g['label'] for g in groups])
    finish(fig, ax, chart)


def scatter(chart):
    fig, ax = figure()
    points = chart['points']
    ax.scatter([p[0] for p in points], [p[1] for p in points], s=14, alpha=0.5, color=INK)
    if chart.get('note'):
        chart['x_label'] += ' - ' + chart['note']
    finish(fig, ax, chart)


def heat(chart):
    n = len(chart['labels'])
    fig, ax = figure(height=max(4.5, 1.8 + 0.4 * n))
    shown = [[float('nan') if v is None else v for v in row] for row in chart['matrix']]
    image = ax.imshow(shown, cmap='RdBu', vmin=-1, vmax=1, aspect='auto')
    ax.set_xticks(list(range(n)))
    ax.set_xticklabels(chart['labels'], rotation=45, ha='right')
    ax.set_yticks(list(range(n)))
    ax.set_yticklabels(chart['labels'])
    for i, row in enumerate(chart['matrix']):
        for j, v in enumerate(row):
            if v is not None and n <= 10:
                ax.text(j, i, f'{v:.2f}', ha='center', va='center',
                        color='white' if abs(v) > 0.6 else 'black')
    fig.colorbar(image, ax=ax)
    finish(fig, ax, chart)


DRAW = {'histogram': histogram, 'bars': bars, 'lines': lines, 'boxes': boxes,
        'scatter': scatter, 'heat': heat}

with open(REQUEST['profile'], encoding='utf-8') as file:
    profile = json.load(file)

drawn, failed = [], []
for chart in profile.get('charts', []):
    try:
        DRAW[chart['kind']](chart)
        drawn.append({'file': chart['file'], 'title': chart['title']})
    except Exception as error:
        failed.append({'file': chart['file'], 'why': f'{type(error).__name__}: {error}'})

print(json.dumps({'analyst': {'drawn': drawn, 'failed': failed,
                              'foreign': profile.get('made_by') != 'builtin:analyst'}}))
