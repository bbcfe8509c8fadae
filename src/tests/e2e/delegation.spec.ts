import { startOpenAi } from '../support/openai/stand-in';
import { apiOf, expect, test } from '../support/page';
import { startServer } from '../support/server';

test('R23 agents that an agent adds appear in the graph, and it is told by whom', async ({
	page,
	context
}) => {
	const models = await startOpenAi({ kind: 'ollama', key: 'sk-test', model: 'qwen3' });
	const server = await startServer({
		env: { OPENAI_BASE_URL: models.url, OPENAI_API_KEY: 'sk-test', MODEL_FAST: 'openai:qwen3' }
	});
	try {
		const api = await apiOf(context, server.url);
		const added = { relation: 'child', agents: [{ id: 'helper', prompt: 'Help.' }] };
		models.reply(
			{ calls: [{ name: 'delegate', arguments: added }] },
			{ text: 'Somebody helps.' },
			{ text: 'I have helped.' }
		);
		const run = await api.start({
			id: 'lead',
			name: 'Lead',
			user_directive: 'Get help.',
			agents: [
				{ id: 'lead', model: 'openai:qwen3', prompt: 'Lead.', allow_delegation: true },
				{ id: 'last', model: 'openai:qwen3', prompt: 'Close.', requires_approval: true }
			]
		});
		await page.goto(`${server.url}/?run=${run}`);
		const agents = page.getByRole('group', { name: 'Agents' });
		await expect(agents.getByRole('link', { name: /helper/ })).toContainText('by lead');
		await expect(page.getByRole('article', { name: 'lead' })).toContainText('Added helper');
		const helper = page.getByRole('article', { name: 'helper' });
		await expect(helper).toContainText('by lead');
		await expect(helper).toContainText('I have helped.');
		// No price is known for this model, and that is said.
		await expect(helper).toContainText('cost unknown');
	} finally {
		await page.close();
		await server.dispose();
		await models.close();
	}
});
