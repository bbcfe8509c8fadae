import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** That axe finds nothing serious on the page as it stands; `rules` for some of its rules only. */
export async function expectAccessible(page: Page, what: string, rules?: string[]): Promise<void> {
	// A colour in the middle of its fade is nobody's design.
	await page.evaluate(() =>
		Promise.all(
			document
				.getAnimations()
				.filter((a) => a.effect?.getComputedTiming().iterations !== Infinity)
				.map((a) => a.finished.catch(() => undefined))
		)
	);
	const axe = new AxeBuilder({ page });
	// Where there are no frames to bring together, no second page is needed for that.
	if (page.frames().length === 1) axe.setLegacyMode();
	const { violations } = await (rules ? axe.withRules(rules) : axe.withTags(TAGS)).analyze();
	const serious = violations
		.filter((v) => v.impact === 'serious' || v.impact === 'critical')
		.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} — ${n.failureSummary}`)}`);
	expect.soft(serious, what).toEqual([]);
}

/** What breaks a layout: a page wider than its screen, text too small to read. */
export async function expectTidy(page: Page, what: string): Promise<void> {
	const found = await page.evaluate(() => {
		const tiny: string[] = [];
		const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		for (let node = walker.nextNode(); node; node = walker.nextNode()) {
			const element = node.parentElement;
			if (!element || !node.textContent?.trim() || !element.checkVisibility()) continue;
			const size = parseFloat(getComputedStyle(element).fontSize);
			if (size < 11) tiny.push(`${size}px: ${node.textContent.trim().slice(0, 40)}`);
		}
		const { scrollWidth, clientWidth } = document.documentElement;
		return { tiny, tooWide: Math.max(0, scrollWidth - clientWidth) };
	});
	expect.soft(found, what).toEqual({ tiny: [], tooWide: 0 });
}

const FINGER = 40;

/**
 * That a finger finds what can be pressed on the screen: it answers on 40 px each way, beyond its
 * edges too. Links in a text are as high as their line.
 */
export async function expectTappable(page: Page, what: string): Promise<void> {
	const small = await page.evaluate((finger) => {
		const found: string[] = [];
		const pressed = 'a, button, summary, select, input, [role="tab"], [role="option"]';
		for (const element of document.querySelectorAll<HTMLElement>(pressed)) {
			if (getComputedStyle(element).display === 'inline') continue;
			const target = element.closest('label') ?? element;
			const box = target.getBoundingClientRect();
			const [x, y] = [box.left + Math.min(box.width / 2, finger / 2), box.top + box.height / 2];
			const answers = (atX: number, atY: number) => {
				const hit = document.elementFromPoint(atX, atY);
				return hit !== null && target.contains(hit);
			};
			// Out of sight, beneath something, or switched off.
			if (!answers(x, y)) continue;
			const reach = (dx: number, dy: number) => {
				let steps = 0;
				while (steps < finger && answers(x + dx * (steps + 1), y + dy * (steps + 1))) steps++;
				return steps;
			};
			const width = reach(-1, 0) + reach(1, 0) + 1;
			const height = reach(0, -1) + reach(0, 1) + 1;
			// What is cut off by the edge of a scroller can be scrolled to.
			const cut = box.top < 0 || box.bottom > innerHeight || !answers(x, box.bottom - 1);
			if (!cut && Math.min(width, height) < finger - 1)
				found.push(`${width} x ${height}: ${element.outerHTML.slice(0, 120)}`);
		}
		return found;
	}, FINGER);
	expect.soft(small, what).toEqual([]);
}

/** Presses Tab until the focus is on the element; fails when it never comes there. */
export async function tabTo(page: Page, target: Locator, key = 'Tab'): Promise<void> {
	const focused = () => target.evaluate((e) => e === document.activeElement).catch(() => false);
	for (let presses = 0; presses < 60; presses++) {
		await page.keyboard.press(key);
		if (await focused()) {
			await expectVisibleFocus(page);
			return;
		}
	}
	throw new Error(`Tab does not reach ${target.toString()}`);
}

/**
 * That one can see where the focus is: an outline or a ring on the element, on what lies over it, on
 * the picture that stands for it, or on the label around it.
 */
export async function expectVisibleFocus(page: Page): Promise<void> {
	const seen = await page.evaluate(() => {
		const drawn = (e: Element | null | undefined, pseudo?: string) => {
			if (!e) return false;
			const style = getComputedStyle(e, pseudo);
			return (
				(style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) ||
				style.boxShadow !== 'none'
			);
		};
		const element = document.activeElement;
		return (
			drawn(element) ||
			drawn(element?.previousElementSibling) ||
			drawn(element?.closest('label, [role="row"]'))
		);
	});
	expect
		.soft(seen, await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200)))
		.toBe(true);
}
