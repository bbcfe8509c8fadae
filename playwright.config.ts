import { defineConfig } from '@playwright/test';

/** Debian's Chromium or Playwright's own; see scripts/lib/system.js. */
const executablePath = process.env.CHROMIUM_PATH;

export default defineConfig({
	testDir: 'src/tests/e2e',
	outputDir: 'test-results',
	fullyParallel: true,
	workers: 2,
	timeout: 180_000,
	snapshotPathTemplate: 'src/tests/e2e/snapshots/{arg}{ext}',
	expect: {
		timeout: 30_000,
		// See docs/decisions/0016-pictures-of-screens.md.
		toHaveScreenshot: {
			animations: 'disabled',
			caret: 'hide',
			threshold: 0.1,
			maxDiffPixelRatio: 0.03
		}
	},
	forbidOnly: Boolean(process.env.CI),
	// What passes at the second attempt only is counted as passed and named as flaky.
	retries: 1,
	use: {
		trace: 'off',
		launchOptions: {
			...(executablePath ? { executablePath } : {}),
			chromiumSandbox: false,
			args: [
				'--no-sandbox',
				'--disable-gpu',
				'--disable-quic',
				// No test leaves loopback: other names and addresses do not exist for the browser.
				'--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]',
				'--no-first-run',
				'--disable-background-networking',
				'--disable-component-update',
				'--disable-sync',
				'--disable-dev-shm-usage'
			]
		}
	}
});
