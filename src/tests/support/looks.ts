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
