import type { Page } from '@playwright/test';
import { expect, openRail, railOf, test } from '../support/page';

/** Each of these would tell by `window.hurt`, by a request to another server, or by leaving the page. */
const HURT = 'parent.hurt=1;top.hurt=1;window.hurt=1';
const ELSEWHERE = 'http://elsewhere.invalid';

const HTML = `<!doctype html><title>evil</title><h1>Harmless words</h1>
<script>${HURT};fetch('${ELSEWHERE}/fetch');top.location='${ELSEWHERE}/top'</script>
<img src=x onerror="${HURT}"><img src="${ELSEWHERE}/pixel.png">
<link rel="stylesheet" href="${ELSEWHERE}/style.css"><style>@import '${ELSEWHERE}/import.css'; body{background:url(${ELSEWHERE}/bg.png)}</style>
<iframe src="${ELSEWHERE}/frame"></iframe><iframe srcdoc="<script>${HURT}</script>"></iframe>
<meta http-equiv="refresh" content="0;url=${ELSEWHERE}/refresh">
<form action="${ELSEWHERE}/form"><button autofocus>go</button></form><svg onload="${HURT}"></svg>`;

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="200" height="100" onload="${HURT}">
<script>${HURT};fetch('${ELSEWHERE}/svg')</script><rect width="200" height="100" fill="red"/>
<image href="${ELSEWHERE}/image.png" width="10" height="10"/><use xlink:href="${ELSEWHERE}/use.svg#a"/>
<foreignObject width="100" height="50"><body xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="${HURT}"/></body></foreignObject></svg>`;

const MARKDOWN = `# Harmless words

<script>${HURT}</script>

<img src=x onerror="${HURT}">

![remote](${ELSEWHERE}/pixel.png) ![other](//elsewhere.invalid/p.png) ![inside](/runtime/client)

[click](javascript:${HURT}) [data](data:text/html,<script>${HURT}</script>) [web](https://example.org/)

<a href="JaVaScRiPt:${HURT}">raw</a> <a href="&#106;avascript:${HURT}">entity</a>

<svg onload="${HURT}"></svg><iframe srcdoc="<script>${HURT}</script>"></iframe>

<style>body{background:url(${ELSEWHERE}/bg.png)}</style><form action="${ELSEWHERE}"><input name=q><button>go</button></form>

<math><mtext><table><mglyph><style><img src=x onerror="${HURT}"></style></mglyph></table></mtext></math>
`;

async function expectUnhurt(page: Page): Promise<void> {
	// Whatever was going to run has had its turn once a frame was drawn and a task has passed.
	await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
	expect(await page.evaluate(() => 'hurt' in window)).toBe(false);
	expect(new URL(page.url()).hostname).toBe('localhost');
}

async function preview(page: Page, name: string): Promise<void> {
	await page.goto('/');
	await openRail(page);
	const eye = railOf(page).getByRole('link', { name: `Preview ${name}`, exact: true });
	await eye.hover();
	await eye.click();
	await expect(page.getByRole('dialog', { name })).toBeVisible();
}

test('a hostile web page is shown without running or loading anything', async ({
	page,
	api,
	conduct
}) => {
	// The frame's policy says what it stopped; that it stopped it is the point.
	conduct.allow(/^console: .*(Content Security Policy|sandboxed|Blocked script execution)/);
	await api.put('evil.html', HTML);
	await preview(page, 'evil.html');
	const frame = page.getByRole('dialog').locator('iframe');
	await expect(frame).toHaveAttribute('sandbox', '');
	await expect(frame.contentFrame().getByText('Harmless words')).toBeVisible();
	await expectUnhurt(page);
	await page.getByRole('button', { name: 'Source' }).click();
	await expect(page.getByRole('region', { name: 'Text' })).toContainText('<script>');
	await expectUnhurt(page);
});

test('a hostile picture is shown without running or loading anything', async ({ page, api }) => {
	await api.put('evil.svg', SVG);
	await preview(page, 'evil.svg');
	const image = page.getByRole('dialog').getByRole('img', { name: 'evil.svg' });
	await expect
		.poll(() => image.evaluate((e) => (e instanceof HTMLImageElement ? e.naturalWidth : 0)))
		.toBe(200);
	await expectUnhurt(page);
});

test('hostile Markdown is shown as words', async ({ page, api, conduct }) => {
	// Chromium names handlers that the sanitiser is about to take out; the picture "x" is not there.
	conduct.allow(/inline event handler violates|404 .*files\/x\)$/);
	await api.put('evil.md', MARKDOWN);
	await preview(page, 'evil.md');
	const dialog = page.getByRole('dialog');
	await expect(dialog.getByRole('heading', { name: 'Harmless words' })).toBeVisible();
	const prose = dialog.locator('.prose');
	await expect(
		prose.locator('script, iframe, style, form, svg, math, button, [onerror], [onload]')
	).toHaveCount(0);
	await expect(prose.getByText('[picture not loaded: remote]')).toBeVisible();
	await expect(prose.getByText('[picture not loaded: other]')).toBeVisible();
	await expect(prose.locator('img[src^="http"], img[src^="//"]')).toHaveCount(0);
	for (const words of ['click', 'data', 'raw', 'entity'])
		await expect(prose.getByText(words, { exact: true }).first()).not.toHaveAttribute('href', /./);
	await expect(prose.getByRole('link', { name: 'web' })).toHaveAttribute('rel', /noopener/);
	await expectUnhurt(page);
});

test('opened by their own address, hostile files have no power either', async ({
	page,
	api,
	conduct
}) => {
	conduct.allow(/^console: .*(Content Security Policy|sandboxed|Blocked script execution)/);
	await api.put('evil.html', HTML);
	await api.put('evil.svg', SVG);
	for (const name of ['evil.html', 'evil.svg']) {
		const answer = await page.request.get(`/runtime/library/files/${name}`);
		expect(answer.headers()['content-security-policy']).toMatch(/sandbox/);
		expect(answer.headers()['x-content-type-options']).toBe('nosniff');
	}
});

test('hostile names and cells are only text', async ({ page, api }) => {
	const name = `<img src=x onerror=${HURT.slice(12, 24)}>.csv`;
	await api.put(
		name,
		`<script>window.hurt=1</script>,b\n<img src=x onerror="window.hurt=1">,=1+1\n`
	);
	await preview(page, name);
	const dialog = page.getByRole('dialog');
	await expect(
		dialog.getByRole('columnheader', { name: '<script>window.hurt=1</script>' })
	).toBeVisible();
	await expect(dialog.locator('td img')).toHaveCount(0);
	await expectUnhurt(page);
});
