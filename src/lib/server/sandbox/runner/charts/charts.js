// @ts-nocheck -- runs inside Deno, never in Node
// Figures drawn as SVG and PNG. Nothing is fetched and no file is opened: fonts and program are in memory.
import { createCalls } from './calls/dispatch.js';
import { figureSvg } from './draw/figure.js';

const MAX_PIXELS = 40_000_000;

/** @param say writes a line to stderr: what a chart leaves out */
export function createCharts({ resvg, wasm, regular, bold }, say) {
	const figures = createCalls(say);
	const Module = WebAssembly.Module;
	const Instance = WebAssembly.Instance;
	let Renderer = null;

	/** The renderer's own start is asynchronous; Python needs it at once. */
	function start() {
		const glue = resvg.replace(/export\s*\{[^}]*\};?/, '');
		return new Function(
			'Module',
			'Instance',
			'wasmBytes',
			`${glue}\nconst module = new Module(wasmBytes);\n__wbg_finalize_init(new Instance(module, __wbg_get_imports()), module);\ninitialized = true;\nreturn Resvg2;`
		)(Module, Instance, wasm);
	}
	function svg(figure) {
		return figureSvg(figures.figure(figure));
	}
	return {
		call: figures.call,
		describe: figures.describe,
		warn: figures.warn,
		svg,
		png(id, { dpi } = {}) {
			const figure = figures.figure(id);
			const resolution = typeof dpi === 'number' && dpi > 0 ? dpi : figure.dpi;
			const pixels = figure.figsize[0] * figure.figsize[1] * resolution * resolution;
			if (!(pixels <= MAX_PIXELS))
				throw new RangeError(
					'the picture would have more than 40 million pixels; use a smaller figsize or dpi'
				);
			Renderer ??= start();
			const drawn = svg(id);
			// Every font is parsed again for every picture.
			const fonts = drawn.includes('font-weight="bold"') ? [regular, bold] : [regular];
			const image = new Renderer(drawn, {
				font: {
					fontBuffers: fonts,
					defaultFontFamily: 'DejaVu Sans',
					sansSerifFamily: 'DejaVu Sans'
				},
				fitTo: { mode: 'zoom', value: resolution / 100 }
			});
			return image.render().asPng();
		}
	};
}
