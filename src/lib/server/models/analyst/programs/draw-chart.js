// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.

const INK = '#2f6f8f';
const SECOND = '#c9822b';
const SERIES = [INK, SECOND, '#5b8c5a', '#a4506c', '#6b6bb0', '#8a7a5c', '#3aa0a0', '#b0563a'];

/** Draws one planned chart with `plt` and saves it: charts.py, where there is no Python. */
export function drawChart(plt, chart) {
	const heights = {
		bars: Math.max(2.6, 1.4 + 0.36 * (chart.labels?.length ?? 0)),
		heat: Math.max(4.5, 1.8 + 0.4 * (chart.labels?.length ?? 0))
	};
	const [fig, ax] = plt.subplots({ figsize: [9, heights[chart.kind] ?? 4.6] });
	DRAW[chart.kind](ax, chart, fig);
	ax.set_title(chart.title);
	const note = chart.note ? ` - ${chart.note}` : '';
	if (chart.x_label) ax.set_xlabel(chart.x_label + note);
	if (chart.y_label) ax.set_ylabel(chart.y_label);
	fig.tight_layout();
	fig.savefig(chart.file, { dpi: 130 });
	plt.close(fig);
}

const numbers = (n, from = 0) => Array.from({ length: n }, (_, i) => i + from);

const DRAW = {
	histogram(ax, { edges, counts, median, mean }) {
		if (counts.length === 1) return ax.bar([String(edges[0])], counts, { color: INK });
		const middles = counts.map((_, i) => (edges[i] + edges[i + 1]) / 2);
		ax.bar(middles, counts, { width: (edges[1] - edges[0]) * 0.94, color: INK });
		ax.axvline(median, { color: SECOND, linewidth: 2, label: 'median' });
		ax.axvline(mean, { color: '#444444', linewidth: 2, linestyle: '--', label: 'mean' });
		ax.legend();
	},
	bars(ax, { labels, values }) {
		const places = numbers(labels.length);
		ax.barh(places, values.toReversed(), { color: INK });
		ax.set_yticks(places);
		ax.set_yticklabels(labels.toReversed());
	},
	lines(ax, { series }) {
		const names = new Map();
		const few = Math.max(...series.map((s) => s.points.length)) <= 30;
		series.forEach(({ label, points }, k) => {
			for (const [name, at] of points) names.set(at, name);
			ax.plot(
				points.map((p) => p[1]),
				points.map((p) => p[2]),
				{
					...(few ? { marker: 'o', markersize: 4 } : {}),
					color: SERIES[k % SERIES.length],
					linewidth: 2,
					label
				}
			);
		});
		const places = [...names.keys()].sort((a, b) => a - b);
		const step = Math.max(1, Math.ceil(places.length / 8));
		const shown = places.filter((_, i) => i % step === 0);
		ax.set_xticks(shown);
		ax.set_xticklabels(shown.map((at) => names.get(at)));
		if (series.length > 1) ax.legend();
	},
	boxes(ax, { groups }) {
		ax.boxplot(
			groups.map((g) => [g.low, g.q1, g.median, g.q3, g.high]),
			{ whis: 1e9, showfliers: false }
		);
		groups.forEach((g, k) => {
			const { length } = g.outliers_shown;
			if (length > 0)
				ax.scatter(new Array(length).fill(k + 1), g.outliers_shown, { s: 10, color: '#777777' });
		});
		ax.set_xticks(numbers(groups.length, 1));
		ax.set_xticklabels(groups.map((g) => g.label));
	},
	scatter(ax, { points }) {
		const [x, y] = [points.map((p) => p[0]), points.map((p) => p[1])];
		ax.scatter(x, y, { s: 14, alpha: 0.5, color: INK });
	},
	heat(ax, { labels, matrix }, fig) {
		const n = labels.length;
		const image = ax.imshow(matrix, { cmap: 'RdBu', vmin: -1, vmax: 1, aspect: 'auto' });
		ax.set_xticks(numbers(n));
		ax.set_xticklabels(labels, { rotation: 45, ha: 'right' });
		ax.set_yticks(numbers(n));
		ax.set_yticklabels(labels);
		for (let i = 0; i < n && n <= 10; i++)
			for (let j = 0; j < n; j++) {
				const r = matrix[i][j];
				if (r === null) continue;
				const color = Math.abs(r) > 0.6 ? 'white' : 'black';
				ax.text(j, i, r.toFixed(2), { ha: 'center', va: 'center', color });
			}
		fig.colorbar(image, { ax });
	}
};
