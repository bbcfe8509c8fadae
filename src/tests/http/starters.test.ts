import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { latest, newClient, type ApiClient, type ServerEvent } from '../support/api';
import type { Reply } from '../support/gemini/reply';
import { startGemini, type Answer, type Ask, type GeminiStandIn } from '../support/gemini/stand-in';
import { startServer, type TestServer } from '../support/server';

/*
 * The starters from end to end: the built server, the real Gemini SDK against a strict stand-in, real
 * code in the local sandbox. What a model would write is scripted; what comes of it is not.
 */

const WEATHER = readFileSync(
	path.resolve('node_modules', 'vega-datasets', 'data', 'seattle-weather.csv'),
	'utf8'
);

let gemini: GeminiStandIn;
let server: TestServer;
let client: ApiClient;

beforeAll(async () => {
	gemini = await startGemini();
	server = await startServer({ env: gemini.env });
	client = await newClient(server.url);
});
afterAll(async () => {
	await server.dispose();
	await gemini.close();
	expect(gemini.refusals()).toEqual([]);
});

const python = (code: string): Reply => ({ calls: [['execute_python', { code }]] });
const javascript = (code: string): Reply => ({ calls: [['execute_javascript', { code }]] });
const write = (...files: [filename: string, content: string][]): Reply => ({
	calls: files.map(([filename, content]) => ['write_file', { filename, content }])
});
const read = (...names: string[]): Reply => ({
	calls: names.map((filename) => ['read_file', { filename }])
});
const say = (text: string): Reply => ({ text: [text] });
const look: Reply = { thoughts: ['Which files are there?'], calls: [['list_files', {}]] };

/** What the tools answered to the calls of the turn before. */
function answers({ request }: Ask): unknown[] {
	return (request.contents.at(-1)?.parts ?? []).flatMap((part) =>
		part.functionResponse ? [part.functionResponse.response] : []
	);
}

/** Says what the last tools answered, so that answers rest on what really came of the calls. */
const report =
	(say: (text: string) => string): Answer =>
	(ask) => ({ text: [say(JSON.stringify(answers(ask)))] });

/** The first message: the brief, with what the agents before answered. */
const brief = ({ request }: Ask) => request.contents[0]?.parts[0]?.text ?? '';

async function play(id: string, directive: string, files: Record<string, string>): Promise<string> {
	for (const [name, content] of Object.entries(files))
		if (!(await client.library()).some((file) => file.name === name))
			await client.put(name, content);
	return client.start({ id, user_directive: directive, attached_files: Object.keys(files) });
}

async function finished(run: string): Promise<{ log: ServerEvent[]; names: string[] }> {
	const log = await client.events(run);
	expect(await client.state(run)).toMatchObject({ status: 'completed', error: null });
	return { log, names: [...latest(await client.artifacts(run)).keys()].sort() };
}

async function artifact(run: string, name: string): Promise<string> {
	const response = await client.fetch(
		`/runtime/artifacts/${run}/files/${encodeURIComponent(name)}`
	);
	expect(response.status).toBe(200);
	return response.text();
}

test('question-over-data: the answer is computed, drawn and written down', async () => {
	gemini.script(
		'You answer one question about the attached data',
		look,
		python(
			[
				'import csv, matplotlib.pyplot as plt',
				'rows = list(csv.DictReader(open("seattle-weather.csv")))',
				'wet = {}',
				'for r in rows: wet[r["date"][:4]] = wet.get(r["date"][:4], 0) + float(r["precipitation"])',
				'open("answer.csv", "w").write("year,mm\\n" + "".join(f"{y},{v:.1f}\\n" for y, v in wet.items()))',
				'plt.bar(list(wet), list(wet.values())); plt.title("2014 was the wettest year"); plt.savefig("answer.png")',
				'print(len(rows), max(wet, key=wet.get))'
			].join('\n')
		),
		(ask) => {
			expect(answers(ask)).toMatchObject([{ output: { ok: true, stdout: '1461 2014\n' } }]);
			return write(
				['answer.md', '2014 was the wettest year (1461 days).\n\n![rain by year](answer.png)\n'],
				['analysis.py', 'print("again")\n']
			);
		},
		say('2014 was the wettest year.')
	);
	const run = await play('question-over-data', 'Which year was the wettest?', {
		'seattle-weather.csv': WEATHER
	});
	const { names, log } = await finished(run);
	expect(names).toEqual(['analysis.py', 'answer.csv', 'answer.md', 'answer.png']);
	expect(await artifact(run, 'answer.csv')).toMatch(/^year,mm\n2012,/);
	expect(log.some((event) => event.type === 'thought_delta')).toBe(true);
	expect((await client.state(run)).steps[0]).toMatchObject({
		model: 'gemini:gemini-4-argon',
		answer: '2014 was the wettest year.',
		turns: 4
	});
});

test('research-report: readers share the documents, and each later agent works on what came before', async () => {
	const documents = {
		'a-study.md': '# A study\n\nSleep of 7 hours went with 12 % fewer errors (n = 340).\n',
		'b-review.md': '# A review\n\nFour of six trials found no effect of sleep length.\n',
		'c-memo.txt': 'We think the first study counted errors twice.\n'
	};
	const names = Object.keys(documents);
	for (const [index, name] of names.entries())
		gemini.script(
			`You are reader ${index + 1} of 3`,
			look,
			read(name),
			(ask) => write([`notes-${index + 1}.md`, JSON.stringify(answers(ask))]),
			say(`read ${name}`)
		);
	gemini.script(
		"You bring the readers' notes together",
		(ask) => {
			for (const name of names) expect(brief(ask)).toContain(`read ${name}`);
			return read('notes-1.md', 'notes-2.md', 'notes-3.md');
		},
		(ask) => write(['synthesis.md', JSON.stringify(answers(ask))]),
		say('The notes disagree.')
	);
	gemini.script(
		'You are the critic',
		(ask) => {
			expect(brief(ask)).toContain('a-study.md');
			return write([
				'critique.md',
				'One high finding: errors may be counted twice [c-memo.txt].\n'
			]);
		},
		say('1 high finding')
	);
	gemini.script(
		'You write the report for a person who has read none of the documents',
		(ask) => {
			expect(brief(ask)).toContain('1 high finding');
			return write(['report.md', '# Sleep and errors\n\nThe evidence is split [b-review.md].\n']);
		},
		say('The evidence is split.')
	);
	const run = await play('research-report', 'Does more sleep mean fewer errors?', documents);
	const { names: made, log } = await finished(run);
	expect(made).toEqual([
		'critique.md',
		'notes-1.md',
		'notes-2.md',
		'notes-3.md',
		'report.md',
		'synthesis.md'
	]);
	for (const content of ['12 % fewer errors', 'no effect', 'counted errors twice'])
		expect(await artifact(run, 'synthesis.md')).toContain(content);
	const began = log.filter((e) => e.type === 'step_started').map((e) => e.data.agent_id);
	expect([...began.slice(0, 3)].sort()).toEqual(['reader-1', 'reader-2', 'reader-3']);
	expect(began.slice(3)).toEqual(['synthesiser', 'critic', 'writer']);
});

const DIRTY = 'id,city,amount\n1,Oslo,10\n2, oslo,20\n3,Rome,n/a\n';
const CLEAN = [
	'const rows = files.readText("sales.csv").trim().split("\\n").map((line) => line.split(","));',
	'const changes = ["file,row,column,before,after,step"];',
	'rows.slice(1).forEach((row, i) => { const city = row[1].trim(); const mended = city[0].toUpperCase() + city.slice(1);',
	'  if (mended !== row[1]) { changes.push(`sales.csv,${i + 1},city,${row[1]},${mended},S1`); row[1] = mended; } });',
	'files.write("sales-clean.csv", rows.map((row) => row.join(",")).join("\\n") + "\\n");',
	'files.write("changes.csv", changes.join("\\n") + "\\n"); files.write("cleaning.js", "// as run\\n");',
	'console.log(changes.length - 1);'
].join('\n');

function scriptCleaning(): void {
	gemini.script(
		'You find out what is wrong with the attached tables',
		look,
		javascript(
			'files.write("profile.json", JSON.stringify([{id: "P1", column: "city", rows: 1}])); console.log("ok")'
		),
		say('P1: one city is spelt in two ways.')
	);
	gemini.script(
		'You propose how to clean the data',
		(ask) => {
			expect(brief(ask)).toContain('P1: one city');
			return write(
				['cleaning-plan.md', '| S1 | sales.csv | city | trim, capitalise | 1 row | P1 |\n'],
				['cleaning-plan.json', '[{"id":"S1","column":"city","rows":1}]\n']
			);
		},
		say('One step: spell the city in one way (1 row).')
	);
	gemini.script(
		'A person has agreed to the cleaning plan',
		javascript(CLEAN),
		report((said) => `changed: ${said}`)
	);
	gemini.script(
		'You check whether the cleaning did what the person agreed to',
		read('sales-clean.csv', 'changes.csv'),
		(ask) => {
			expect(JSON.stringify(answers(ask))).toContain('2,Oslo,20');
			return write(['verification.md', 'Clean as agreed.\n']);
		},
		say('Clean as agreed.')
	);
}

test('R20 data-cleaning: nothing is changed before a person agrees to the plan', async () => {
	scriptCleaning();
	const run = await play('data-cleaning', 'Make the cities countable.', { 'sales.csv': DIRTY });
	const before = await client.events(run, { until: (e) => e.type === 'approval_requested' });
	expect(before.at(-1)?.data).toMatchObject({ agent_id: 'applier', turn: 0 });
	expect(before.at(-1)?.data.files).toEqual(expect.arrayContaining(['cleaning-plan.md']));
	expect(await client.state(run)).toMatchObject({
		status: 'awaiting_approval',
		active_agents: ['applier'],
		completed_agents: ['profiler', 'proposer']
	});
	expect([...latest(await client.artifacts(run)).keys()]).not.toContain('sales-clean.csv');
	const answer = await client.fetch(`/runtime/${run}/approve`, {
		method: 'POST',
		body: JSON.stringify({ agent_id: 'applier', approved: true }),
		headers: { 'content-type': 'application/json' }
	});
	expect(answer.status).toBe(202);
	const { names } = await finished(run);
	expect(names).toEqual([
		'changes.csv',
		'cleaning-plan.json',
		'cleaning-plan.md',
		'cleaning.js',
		'profile.json',
		'sales-clean.csv',
		'verification.md'
	]);
	expect(await artifact(run, 'sales-clean.csv')).toBe(
		'id,city,amount\n1,Oslo,10\n2,Oslo,20\n3,Rome,n/a\n'
	);
	const library = await client.fetch('/runtime/library/files/sales.csv');
	expect(await library.text()).toBe(DIRTY);
});

test('R20 data-cleaning: a plan that is refused is not carried out', async () => {
	scriptCleaning();
	const run = await play('data-cleaning', 'Make the cities countable.', { 'sales.csv': DIRTY });
	await client.events(run, { until: (e) => e.type === 'approval_requested' });
	await client.fetch(`/runtime/${run}/approve`, {
		method: 'POST',
		body: JSON.stringify({ agent_id: 'applier', approved: false, note: 'Leave the cities.' }),
		headers: { 'content-type': 'application/json' }
	});
	await client.events(run);
	const state = await client.state(run);
	expect(state).toMatchObject({ status: 'failed', failed_agents: ['applier'] });
	expect(state.steps.find((s) => s.agent_id === 'applier')?.error).toMatchObject({
		code: 'approval_refused',
		message: expect.stringContaining('Leave the cities.')
	});
	const names = [...latest(await client.artifacts(run)).keys()].sort();
	expect(names).toEqual(['cleaning-plan.json', 'cleaning-plan.md', 'profile.json']);
});

test('compare-files: what differs is computed from both files', async () => {
	gemini.script(
		'You compare what the files are, not their values',
		look,
		javascript(
			[
				'const columns = (name) => files.readText(name).split("\\n")[0].split(",");',
				'files.write("structure.json", JSON.stringify({A: columns("before.csv"), B: columns("now.csv"), key: ["id"]}));',
				'console.log("key: id");'
			].join('\n')
		),
		say('The key is id; B has no column more or less.')
	);
	gemini.script(
		'You compare the contents',
		(ask) => {
			expect(brief(ask)).toContain('The key is id');
			return read('structure.json');
		},
		javascript(
			[
				'const table = (name) => new Map(files.readText(name).trim().split("\\n").slice(1).map((l) => l.split(",")));',
				'const [a, b] = [table("before.csv"), table("now.csv")]; const out = ["kind,key,column,A,B"];',
				'for (const [k, v] of b) if (!a.has(k)) out.push(`added,${k},,,`); else if (a.get(k) !== v) out.push(`changed,${k},price,${a.get(k)},${v}`);',
				'for (const k of a.keys()) if (!b.has(k)) out.push(`removed,${k},,,`);',
				'files.write("differences.csv", out.join("\\n") + "\\n"); files.write("records.json", JSON.stringify({differences: out.length - 1}));',
				'plt.bar(["added", "changed", "removed"], [1, 1, 1]); plt.title("Differences"); plt.savefig("differences.png");',
				'console.log(out.length - 1);'
			].join('\n')
		),
		report((said) => `differences: ${said}`)
	);
	gemini.script(
		'You write the comparison for a person',
		(ask) => {
			expect(brief(ask)).toContain('3\\n');
			return write(['comparison.md', 'Three differences. ![counts](differences.png)\n']);
		},
		say('Three differences.')
	);
	const run = await play('compare-files', 'What changed?', {
		'before.csv': 'id,price\n1,5\n2,6\n3,7\n',
		'now.csv': 'id,price\n1,5\n2,8\n4,9\n'
	});
	const { names } = await finished(run);
	expect(names).toEqual([
		'comparison.md',
		'differences.csv',
		'differences.png',
		'records.json',
		'structure.json'
	]);
	expect(await artifact(run, 'differences.csv')).toBe(
		'kind,key,column,A,B\nchanged,2,price,6,8\nadded,4,,,\nremoved,3,,,\n'
	);
});
