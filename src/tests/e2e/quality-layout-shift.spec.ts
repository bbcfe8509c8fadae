import type { Page } from '@playwright/test';
import { startGemini, type GeminiStandIn } from '../support/gemini/stand-in';
import { apiOf, expect, openRail, test } from '../support/page';
import { startServer } from '../support/server';
import { afterInput, shiftsOf, watchShifts } from '../support/shifts';

const LIMIT = 0.05;
const MODEL = 'gemini:gemini-3.8-flash';
const CHART =
	'<svg xmlns="http://www.w3.org/2000/svg" width="320" height="180"><rect width="320" height="180" fill="teal"/></svg>';

/** Two that work side by side, between one before and one after them. */
const TEAM = [
	{ id: 'scout', depends_on: [], file: ['table.csv', 'day,visits\n1,2\n2,4\n'] },
	{ id: 'charts', depends_on: ['scout'], file: ['chart.svg', CHART] },
	{ id: 'quality', depends_on: ['scout'], file: ['notes.md', '# Notes\n\n- complete\n'] },
	{
		id: 'writer',
		depends_on: ['charts', 'quality'],
		file: ['report.md', '# Report\n\nAll well.\n']
	}
] as const;

const WORDS = 'Visits rise from week to week, most of all where the weather allows it. ';

/** What an agent writes, a line at a time; each ends with a mark that can be looked for. */
function piecesOf(id: string, turn: number): string[] {
	return Array.from(
		{ length: 4 },
		(_, n) => `${n === 0 ? `## Part ${turn}\n\n` : ''}${WORDS}(${id}-${turn}-${n}.)\n\n`
	);
}

/** Streams as a model does: nothing more comes before the page shows what came. */
function script(gemini: GeminiStandIn, page: Page): void {
	for (const { id, file } of TEAM) {
		const [filename, content] = file;
		const paced = (turn: number) => {
			const text = piecesOf(id, turn);
			return {
				thoughts: [`How shall I go about part ${turn}?`],
				text,
				before: async (chunk: number) => {
					// A thought comes first.
					if (chunk < 2 || chunk > text.length + 1) return;
					await expect(page.getByText(`${id}-${turn}-${chunk - 2}.`)).toBeAttached();
				}
			};
		};
		gemini.script(
			`You are ${id}.`,
			{ ...paced(1), calls: [['write_file', { filename, content }]] },
			paced(2)
		);
	}
}

for (const viewport of [
	{ width: 1440, height: 900 },
	{ width: 360, height: 740 }
])
	test(`nothing jumps while a run streams at ${viewport.width} px`, async ({ page, context }) => {
		const gemini = await startGemini();
		const server = await startServer({ env: gemini.env });
		try {
			script(gemini, page);
			const api = await apiOf(context, server.url);
			const agents = TEAM.map(({ id, depends_on }) => ({
				id,
				depends_on,
				model: MODEL,
				prompt: `You are ${id}.`,
				tools: ['write_file']
			}));
			await api.json('/runtime/workflows/team', {
				method: 'PUT',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ id: 'team', name: 'Team', agents })
			});
			await page.setViewportSize(viewport);
			await watchShifts(page);
			// As late as it comes over a slow network, where a jump is no longer put down to the click.
			await page.route(/\/runtime\/[^/]+\/events/, async (route) => {
				await afterInput(page);
				await route.continue();
			});
			await page.goto(`${server.url}/?workflow=team`);
			if (viewport.width > 640) await openRail(page);
			await expect(page.getByRole('group', { name: 'Agents' })).toContainText('writer');
			await page.getByLabel('Directive').fill('What drives visits?');
			await page.getByRole('button', { name: 'RUN', exact: true }).click();
			await expect(page.getByRole('region', { name: 'Workflow' })).toContainText('4/4 done');
			await expect(page.getByRole('button', { name: 'RUN', exact: true })).toBeVisible();
			expect(gemini.refusals()).toEqual([]);
			const { total, worst } = await shiftsOf(page);
			expect(total, worst).toBeLessThanOrEqual(LIMIT);
		} finally {
			await page.close();
			await server.dispose();
			await gemini.close();
		}
	});
