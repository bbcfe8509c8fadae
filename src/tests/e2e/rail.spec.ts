import type { Locator, Page } from '@playwright/test';
import { startServer } from '../support/server';
import { expect, quickRun, openRail, railOf, test, upload, hadTour } from '../support/page';

const NUMBERS = `day,city,visits\n${Array.from({ length: 60 }, (_, n) => `2024-03-${String((n % 28) + 1).padStart(2, '0')},${n % 2 ? 'Oslo' : 'Rome'},${n * 3 + (n % 7)}`).join('\n')}\n`;

const widthOf = async (element: Locator) => (await element.boundingBox())?.width;
const heading = (rail: Locator) => rail.getByRole('heading', { name: 'Environment' });

test('folded it is 48 px wide; hovering, focus and the pin unfold it', async ({ page }) => {
	await page.goto('/');
	const rail = railOf(page);
	expect(await widthOf(rail)).toBe(48);
	await expect(heading(rail)).toBeHidden();
	for (const label of ['ENV', 'IO'])
		await expect(rail.getByText(label, { exact: true })).toBeVisible();

	await rail.hover();
	await expect(heading(rail)).toBeVisible();
	await page.getByRole('textbox', { name: 'Directive' }).hover();
	await expect(heading(rail)).toBeHidden();
	await page.getByRole('textbox', { name: 'Directive' }).focus();

	// It lies over the page while it is looked at, and stands beside it once it is pinned.
	const deck = page.getByRole('region', { name: 'Control deck' });
	await page.getByRole('link', { name: 'Raro' }).focus();
	await page.keyboard.press('Shift+Tab');
	await expect(heading(rail)).toBeVisible();
	expect((await deck.boundingBox())?.x).toBe(48);
	await rail.getByRole('button', { name: 'Keep the rail open' }).click();
	await page.getByRole('textbox', { name: 'Directive' }).hover();
	await expect(heading(rail)).toBeVisible();
	expect((await deck.boundingBox())?.x).toBeGreaterThan(350);
	await page.reload();
	await expect(heading(rail)).toBeVisible();
	await rail.getByRole('button', { name: 'Close the rail' }).click();
	await expect(heading(rail)).toBeHidden();
	expect(await widthOf(rail)).toBe(48);
});

test.describe('on a phone', () => {
	test.use({ hasTouch: true, isMobile: true, viewport: { width: 360, height: 740 } });

	/** What is beside the drawer, near the right edge. */
	const BESIDE = { x: 355, y: 600 };

	test('a touch opens the rail over the page; Escape, the scrim and the way back close it', async ({
		page
	}) => {
		await page.goto('/runs');
		await page.getByRole('link', { name: 'Console', exact: true }).tap();
		const rail = railOf(page);
		const strip = rail.getByRole('button', { name: /^ENV/, includeHidden: true });
		const open = async () => {
			await strip.tap();
			await expect(heading(rail)).toBeVisible();
			await expect(rail.getByRole('button', { name: 'Close the rail' })).toBeFocused();
		};

		await open();
		// The keyboard stays in it, and what is beneath is not there for screen readers.
		await expect(page.locator('[inert] textarea[name=user_directive]')).toHaveCount(1);
		for (let n = 0; n < 40; n++) {
			await page.keyboard.press('Tab');
			const outside = await rail.evaluate(
				(e) => document.activeElement !== document.body && !e.contains(document.activeElement)
			);
			expect(outside).toBe(false);
		}
		await rail.getByRole('button', { name: 'Close the rail' }).focus();
		await page.keyboard.press('Escape');
		await expect(heading(rail)).toBeHidden();
		await expect(strip).toBeFocused();

		await open();
		await page.touchscreen.tap(BESIDE.x, BESIDE.y);
		await expect(heading(rail)).toBeHidden();
		await expect(page.locator('[inert]')).toHaveCount(0);

		await open();
		await page.goBack();
		await expect(heading(rail)).toBeHidden();
		await expect(page.locator('[inert]')).toHaveCount(0);
		await page.goBack();
		await expect(page).toHaveURL(/\/runs$/);
	});

	test('the settings lie over the page in the same way', async ({ page }) => {
		await page.goto('/');
		const settings = page.getByRole('complementary', { name: 'Settings' });
		const link = page.getByRole('link', { name: 'Settings' });
		await link.tap();
		await expect(settings).toBeVisible();
		await expect(page.locator('[inert] textarea[name=user_directive]')).toHaveCount(1);
		await page.keyboard.press('Escape');
		await expect(settings).toBeHidden();
		await expect(link).toBeFocused();
		await link.tap();
		await expect(settings).toBeVisible();
		await page.goBack();
		await expect(settings).toBeHidden();
		await expect(page).toHaveURL(/\/$/);
	});
});

test('it stays unfolded when the keyboard was there before the scripts', async ({ page }) => {
	let release = (): void => undefined;
	const held = new Promise<void>((resolve) => (release = resolve));
	await page.route(/\/_app\/.*\.js$/, async (route) => {
		await held;
		await route.continue();
	});
	await page.goto('/', { waitUntil: 'commit' });
	const rail = railOf(page);
	await page.getByRole('link', { name: 'Skip to content' }).focus();
	await page.keyboard.press('Tab');
	await expect(heading(rail)).toBeVisible();
	release();
	await expect(rail.getByRole('button', { name: 'Keep the rail open' })).toBeVisible();
	await expect(heading(rail)).toBeVisible();
});

test('the badge counts library files and artifacts, and keeps up', async ({ page }) => {
	await page.goto('/');
	const strip = railOf(page).locator('[data-strip]');
	await expect(strip).toHaveAccessibleName(/3 in the Library, 0 artifacts/);
	await expect(strip.getByText('3', { exact: true })).toBeVisible();
	await upload(page, [
		{ name: 'one.txt', mimeType: 'text/plain', buffer: Buffer.from('1') },
		{ name: 'two.txt', mimeType: 'text/plain', buffer: Buffer.from('2') }
	]);
	await expect(strip.getByText('5', { exact: true })).toBeVisible();
});

test('without artifacts it says so and what to do', async ({ page }) => {
	await page.goto('/');
	const rail = await openRail(page);
	await expect(rail.getByText('No artifacts yet')).toBeVisible();
	await expect(rail.getByText(/write a directive and press RUN/)).toBeVisible();
	await rail.getByRole('button', { name: 'Library files' }).click();
	await expect(rail.getByRole('checkbox').first()).toBeHidden();
	await rail.getByRole('button', { name: 'Library files' }).click();
	await expect(rail.getByRole('checkbox').first()).toBeVisible();
});

test('artifacts are grouped by run, filtered, sorted and searched', async ({ page, api }) => {
	await api.put('numbers.csv', NUMBERS);
	const older = await quickRun(api, ['numbers.csv'], 'The older question');
	const newer = await quickRun(api, ['numbers.csv'], 'The newer question');
	await page.goto(`/?run=${newer}`);
	const rail = await openRail(page);
	const groups = rail.getByRole('list', { name: /^Artifacts of run/ });
	await expect(groups).toHaveCount(2);
	await expect(groups.first()).toHaveAccessibleName(`Artifacts of run ${newer.slice(0, 8)}`);
	for (const words of [
		'The newer question',
		'The older question',
		newer.slice(0, 8),
		older.slice(0, 8)
	])
		await expect(rail.getByText(words, { exact: true })).toBeVisible();

	// Green for the run on screen, yellow for what is younger than a day; the colour has words too.
	const row = (list: Locator, name: string) =>
		list.getByRole('listitem').filter({ has: page.getByRole('link', { name, exact: true }) });
	await expect(row(groups.first(), 'quality.md').getByText('Current run:')).toBeAttached();
	await expect(row(groups.last(), 'quality.md').getByText('Younger than 24 hours:')).toBeAttached();
	await expect(row(groups.first(), 'quality.md').getByText('by quality')).toBeVisible();
	const soon = new Date(Date.now() + 3_600_000).toISOString();
	await api.json(`/runtime/artifacts/${older}`, {
		method: 'PATCH',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ expires_at: soon })
	});
	await rail.getByRole('button', { name: 'Refresh' }).click();
	await expect(row(groups.last(), 'quality.md').getByText('Expires within a day:')).toBeAttached();

	await rail.getByRole('button', { name: 'Current run' }).click();
	await expect(groups).toHaveCount(1);
	await rail.getByRole('button', { name: 'Last 24 h' }).click();
	await expect(groups).toHaveCount(2);
	await rail.getByRole('button', { name: 'All runs' }).click();

	const names = () => groups.first().getByRole('listitem').locator('a[dir=auto]').allInnerTexts();
	const kinds = async () => (await names()).map((name) => name.split('.').at(-1) ?? '');
	await rail.getByLabel('Sort').selectOption('Type');
	await expect
		.poll(async () => new Set(adjacent(await kinds())).size === adjacent(await kinds()).length)
		.toBe(true);
	await rail.getByLabel('Sort').selectOption('Agent');
	const agents = await groups.first().getByText(/^by /).allInnerTexts();
	expect(agents).toEqual([...agents].sort());

	await rail.getByLabel('Search artifacts').fill('summary');
	await expect(groups).toHaveCount(2);
	expect(await names()).toEqual(['summary.csv']);
	await rail.getByLabel('Search artifacts').fill('no such thing');
	await expect(rail.getByText('Nothing passes the filter')).toBeVisible();
	await rail.getByRole('button', { name: 'Show all' }).click();
	await expect(groups).toHaveCount(2);

	// What an artifact is, by pointing at it or by coming to it with the keyboard.
	await row(groups.first(), 'summary.csv').hover();
	const card = page.getByRole('tooltip');
	await expect(card).toContainText('text/csv');
	await expect(card).toContainText('Expires');
	await page.getByRole('textbox', { name: 'Directive' }).hover();
	await expect(card).toBeHidden();
	await groups.first().getByRole('link', { name: 'quality.md', exact: true }).focus();
	await expect(card).toContainText('quality');
	await page.getByRole('textbox', { name: 'Directive' }).focus();

	// A run's artifacts go together, after a yes.
	await rail
		.getByRole('button', { name: `Delete the artifacts of run ${older.slice(0, 8)}` })
		.click();
	await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
	await expect(groups).toHaveCount(1);
	expect((await api.fetch(`/runtime/artifacts/${newer}`)).status).toBe(200);
});

/** Runs of equal values, each once: how often a list changes its value. */
const adjacent = (values: string[]) => values.filter((v, i) => v !== values[i - 1]);

test('“Current run” cannot be chosen without one', async ({ page, api }) => {
	await api.put('numbers.csv', NUMBERS);
	await quickRun(api, ['numbers.csv']);
	await page.goto('/');
	const rail = await openRail(page);
	await expect(rail.getByRole('button', { name: 'Current run' })).toBeDisabled();
});

test('renaming and deleting a library file', async ({ page, api }) => {
	await api.put('draft.csv', NUMBERS);
	await page.goto('/');
	const rail = await openRail(page);
	await rail.getByRole('checkbox', { name: /draft\.csv/ }).check();
	const pencil = rail.getByLabel('Rename draft.csv');
	await pencil.hover();
	await pencil.click();
	const input = rail.getByLabel('New name for draft.csv');
	await expect(input).toBeFocused();
	// Only the stem is selected.
	await page.keyboard.type('final');
	await page.keyboard.press('Enter');
	const renamed = rail.getByRole('checkbox', { name: /final\.csv/ });
	await expect(renamed).toBeChecked();
	const remove = rail.getByRole('button', { name: 'Delete final.csv' });
	await remove.hover();
	await remove.click();
	await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
	await expect(renamed).toHaveCount(0);
	expect((await api.library()).filter((f) => f.scope === 'private')).toEqual([]);
	await expect(rail.getByRole('button', { name: 'Delete coffee-shop-sales.csv' })).toHaveCount(0);
});

test('an upload shows its progress and can be cancelled', async ({ page, context, api }) => {
	await page.goto('/');
	const rail = await openRail(page);
	const session = await context.newCDPSession(page);
	await session.send('Network.enable');
	await session.send('Network.emulateNetworkConditions', {
		offline: false,
		latency: 0,
		downloadThroughput: -1,
		uploadThroughput: 400_000
	});
	const mimeType = 'application/octet-stream';
	await upload(page, { name: 'slow.bin', mimeType, buffer: Buffer.alloc(8_000_000, 1) });
	const bar = rail.getByRole('progressbar', { name: 'Upload of slow.bin' });
	await expect(bar).toBeVisible();
	await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow'))).toBeGreaterThan(0);
	await expect(rail.getByRole('status').filter({ hasText: 'Loading' })).toBeAttached();
	await rail.getByRole('button', { name: 'Cancel the upload of slow.bin' }).click();
	await expect(bar).toHaveCount(0);
	await session.detach();
	expect((await api.library()).map((f) => f.name)).not.toContain('slow.bin');
	await upload(page, { name: 'next.bin', mimeType, buffer: Buffer.alloc(10, 1) });
	await expect(rail.getByRole('checkbox', { name: /next\.bin/ })).toBeVisible();
});

/** A transfer as the page gets it from a file manager or a clipboard. */
function transferOf(page: Page, name: string, text: string) {
	return page.evaluateHandle(
		([fileName, content]) => {
			const data = new DataTransfer();
			data.items.add(new File([content ?? ''], fileName ?? '', { type: 'text/csv' }));
			return data;
		},
		[name, text]
	);
}

test('files are dropped anywhere on the page, or pasted', async ({ page }) => {
	await page.goto('/');
	const rail = await openRail(page);
	const dropped = await transferOf(page, 'dropped.csv', NUMBERS);
	const output = page.getByRole('region', { name: 'Output' });
	await output.dispatchEvent('dragenter', { dataTransfer: dropped });
	await expect(page.getByText('Drop to put into the Library')).toBeVisible();
	await output.dispatchEvent('drop', { dataTransfer: dropped });
	await expect(page.getByText('Drop to put into the Library')).toBeHidden();
	await expect(rail.getByRole('checkbox', { name: /dropped\.csv/ })).toBeVisible();

	await page.evaluate(() => {
		const clipboardData = new DataTransfer();
		clipboardData.items.add(new File(['pasted'], 'image.png', { type: 'image/png' }));
		window.dispatchEvent(new ClipboardEvent('paste', { clipboardData, cancelable: true }));
	});
	await expect(rail.getByRole('checkbox', { name: /pasted .*\.png/ })).toBeVisible();
});

test('when a name is taken, both are kept, the old is replaced or the new is refused', async ({
	page,
	api,
	conduct
}) => {
	conduct.allow(/409/);
	await page.goto('/');
	const rail = await openRail(page);
	const file = (text: string) => ({
		name: 'same.txt',
		mimeType: 'text/plain',
		buffer: Buffer.from(text)
	});
	await upload(page, file('first'));
	await expect(rail.getByRole('checkbox', { name: /same\.txt/ })).toBeVisible();
	await upload(page, file('second'));
	await expect(rail.getByRole('checkbox', { name: /same \(2\)\.txt/ })).toBeVisible();
	await rail.getByLabel('When a name is taken').selectOption('Refuse the new');
	await upload(page, file('third'));
	await expect(rail.getByRole('button', { name: 'Dismiss same.txt' })).toBeVisible();
	await rail.getByRole('button', { name: 'Dismiss same.txt' }).click();
	await rail.getByLabel('When a name is taken').selectOption('Replace the old');
	await upload(page, file('fourth'));
	await expect
		.poll(async () => (await api.fetch('/runtime/library/files/same.txt')).text())
		.toBe('fourth');
	expect((await api.library()).filter((f) => f.name.startsWith('same'))).toHaveLength(2);
});

test('a preview copies where the page has no clipboard, and shows a line of three megabytes', async ({
	page,
	context,
	api
}) => {
	await context.grantPermissions(['clipboard-read', 'clipboard-write']);
	// As it is over plain http on another machine.
	await page.addInitScript(() => {
		navigator.clipboard.writeText = () =>
			Promise.reject(new DOMException('No.', 'NotAllowedError'));
	});
	await api.put('notes.md', '```python\nprint(1)\n```\n');
	const items = Array.from({ length: 60_000 }, (_, n) => ({
		id: n,
		name: `Item ${n}`,
		odd: n % 2
	}));
	await api.put('long.json', JSON.stringify(items));
	await page.goto('/');
	const rail = await openRail(page);
	const preview = async (name: string) => {
		await rail.getByRole('link', { name: `Preview ${name}` }).click();
		return page.getByRole('dialog', { name });
	};
	const notes = await preview('notes.md');
	const copy = notes.getByRole('button', { name: 'Copy code' });
	await copy.click();
	await expect(copy).toHaveText('Copied');
	expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('print(1)');
	await page.keyboard.press('Escape');

	const text = (await preview('long.json')).getByRole('region', { name: 'Text' });
	await expect(text).toContainText('"name":"Item 10"');
	// It is wrapped: one line of that length would hold up the page.
	expect(await text.evaluate((e) => e.scrollWidth - e.clientWidth)).toBe(0);
});

test('what is too large is refused with the reason, with scripts and without', async ({
	browser
}) => {
	const server = await startServer({ env: { MAX_FILE_BYTES: '100000' } });
	const large = {
		name: 'large.bin',
		mimeType: 'application/octet-stream',
		buffer: Buffer.alloc(150_000)
	};
	try {
		for (const javaScriptEnabled of [true, false]) {
			const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled });
			await hadTour(context);
			const page = await context.newPage();
			await page.goto('/');
			if (javaScriptEnabled) {
				const rail = await openRail(page);
				await upload(page, [large, { ...large, name: 'small.bin', buffer: Buffer.alloc(10) }]);
				await expect(rail.getByText(/It has .* a file can have at most/)).toBeVisible();
				await expect(rail.getByRole('checkbox', { name: /small\.bin/ })).toBeVisible();
				await rail.getByRole('button', { name: 'Dismiss large.bin' }).click();
				await expect(rail.getByText('large.bin')).toHaveCount(0);
			} else {
				await upload(page, large);
				await railOf(page).hover();
				await railOf(page).getByRole('button', { name: 'Upload' }).click();
				await expect(page.getByRole('alert').filter({ hasText: 'large.bin' })).toBeVisible();
			}
			await context.close();
		}
	} finally {
		await server.dispose();
	}
});
