import type { Page } from '@playwright/test';

interface Shift {
	value: number;
	/** What moved, from where to where. */
	moved: string[];
}

/** How long after an input a shift is put down to it, and a little. */
const INPUT_MS = 520;

declare global {
	interface Window {
		raroShifts: Shift[];
		raroLastInput: number;
	}
}

/** Makes the page write down, from its first moment, what moves by itself. */
export async function watchShifts(page: Page): Promise<void> {
	await page.addInitScript(() => {
		interface LayoutShift extends PerformanceEntry {
			value: number;
			hadRecentInput: boolean;
			sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
		}
		const isShift = (entry: PerformanceEntry): entry is LayoutShift =>
			entry.entryType === 'layout-shift';
		const told = (node: Node | null) => {
			const element = node instanceof Element ? node : (node?.parentElement ?? null);
			return `${element?.tagName}.${element?.getAttribute('class')?.slice(0, 30)} "${element?.textContent?.trim().slice(0, 30)}"`;
		};
		const box = ({ x, y, width, height }: DOMRect) =>
			[x, y, width, height].map(Math.round).join(' ');
		window.raroShifts = [];
		window.raroLastInput = 0;
		for (const type of ['pointerdown', 'keydown'])
			addEventListener(type, () => (window.raroLastInput = performance.now()), true);
		new PerformanceObserver((list) => {
			for (const entry of list.getEntries().filter(isShift))
				if (!entry.hadRecentInput)
					window.raroShifts.push({
						value: entry.value,
						moved: entry.sources.map(
							(source) =>
								`${told(source.node)}: ${box(source.previousRect)} → ${box(source.currentRect)}`
						)
					});
		}).observe({ type: 'layout-shift', buffered: true });
	});
}

/** Waits until nothing that moves is put down to what the person did last. */
export async function afterInput(page: Page): Promise<void> {
	await page.waitForFunction((ms) => performance.now() - window.raroLastInput > ms, INPUT_MS);
}

/**
 * The sum of all shifts without recent input: at least what is known as CLS, which counts only the
 * worst five seconds. `worst` names the largest.
 */
export async function shiftsOf(page: Page): Promise<{ total: number; worst: string }> {
	const shifts = await page.evaluate(() => window.raroShifts);
	return {
		total: shifts.reduce((sum, { value }) => sum + value, 0),
		worst: shifts
			.toSorted((a, b) => b.value - a.value)
			.slice(0, 12)
			.map(({ value, moved }) => `${value.toFixed(4)}\n  ${moved.join('\n  ')}`)
			.join('\n')
	};
}
