import { afterEach, beforeEach, expect, it } from 'vitest';
import { createArtifactRows } from './artifact-rows';
import { openArtifacts, type World } from './testing';

let world: World;

beforeEach(() => {
	world = openArtifacts();
});
afterEach(() => world.close());

it('serves every hot query from an index, without a scan or a sort', () => {
	const { statements } = createArtifactRows({ db: world.db });
	for (const [name, statement] of Object.entries(statements)) {
		const { sql } = statement.getQuery();
		const parameters = sql.match(/\?/g)?.map(() => 1) ?? [];
		const plan = world.db.raw
			.prepare(`explain query plan ${sql}`)
			.all(...parameters)
			.map((step) => JSON.stringify(step))
			.join('\n');
		expect(plan, name).toContain('INDEX');
		expect(plan, name).not.toMatch(/SCAN (artifacts|runs)\b/);
		expect(plan, name).not.toContain('TEMP B-TREE');
	}
});
