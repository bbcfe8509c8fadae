import type { TurnRequest } from '../model';
import type { Turn } from './analyst';
import { INTRODUCTION } from './analyst';
import { deliverablesOf, type Deliverable } from './deliverables';
import { analyseReadings } from './from-reading';
import { errorOf, filesOf, outcomeOf, pastTurns, type BriefFile, type PastTurn } from './history';
import { javascriptFor, pythonForCharts } from './programs';

/** More attachments than this are named as not looked at. */
const MOST_FILES = 40;
const OWN_OUTPUT = /^(profile|analyst-profile|quality)\.json$|^summary\.csv$/;

type CodeTool = 'execute_python' | 'execute_javascript';

interface Situation {
	wanted: Deliverable[];
	turns: PastTurn[];
	files: BriefFile[];
	/** What is to be analysed. */
	inputs: string[];
	directive: string;
	prompt: string;
	has(tool: string): boolean;
}

/** What to do next, from the history alone. */
export function nextTurn(request: TurnRequest): Turn {
	const turns = pastTurns(request.messages);
	const first = request.messages[0];
	const brief = first?.role === 'user' ? first.brief : undefined;
	const granted = new Set(request.tools.map((tool) => tool.name));
	const files = filesOf(turns, brief);
	if (turns.length === 0 && granted.has('list_files'))
		return {
			phase: 'look',
			text: 'First I look at which files there are.',
			calls: [{ name: 'list_files', arguments: {} }]
		};
	const situation: Situation = {
		wanted: deliverablesOf(request.agent.prompt),
		turns,
		files,
		inputs: inputsOf(files).slice(0, MOST_FILES),
		directive: brief?.directive ?? '',
		prompt: request.agent.prompt,
		has: (tool) => granted.has(tool)
	};
	return situation.inputs.length === 0 ? nothingAttached() : work(situation);
}

/** Attachments; without any, data files that an earlier agent made. */
function inputsOf(files: readonly BriefFile[]): string[] {
	const attached = files.filter((file) => file.from === 'input');
	const made = files.filter(
		({ name }) => /\.(csv|tsv|json|jsonl|ndjson)$/i.test(name) && !OWN_OUTPUT.test(name)
	);
	return (attached.length > 0 ? attached : made).map((file) => file.name);
}

function nothingAttached(): Turn {
	return answer(
		'Nothing is attached to this run, so there is nothing to profile and I wrote no files. Attach one or more files from the Library (CSV, TSV, JSON, JSON Lines, Markdown or text) and run again.'
	);
}

function answer(text: string): Turn {
	return { phase: 'answer', text, calls: [] };
}

function work(s: Situation): Turn {
	const failed = s.turns.find(
		(turn) => isCode(turn) && turn.phase !== 'charts' && !outcomeOf(turn).ok
	);
	if (failed || !s.has('execute_javascript')) return withoutCode(s, failed);
	return withCode(s);
}

const isCode = (turn: PastTurn) =>
	turn.phase === 'profile' ||
	turn.phase === 'charts' ||
	turn.phase === 'quality' ||
	turn.phase === 'report';

function withCode(s: Situation): Turn {
	const said: string[] = [];
	const foreign = s.turns.some((turn) => isForeign(turn));
	const profile = foreign ? 'analyst-profile.json' : 'profile.json';
	const there = s.files.some((file) => file.name === profile && file.from === 'output');
	const tasks = s.wanted.includes('profile') || !there ? addProfile(s.wanted) : s.wanted;
	for (const task of tasks) {
		const done = s.turns.filter((turn) => turn.phase === task && !isForeign(turn));
		const tool = nextTool(task, s, done);
		if (tool !== null) return start(task, tool, s, profile);
		const last = done.at(-1);
		if (!last) said.push('I drew no charts: no code tool is granted to this agent.');
		else if (task !== 'profile' || s.wanted.includes('profile')) said.push(report(task, last));
	}
	return answer([INTRODUCTION, ...said, ...leftOut(s)].join('\n\n'));
}

/** The tool to do a task with, or null when it is done or nothing is left to try. */
function nextTool(task: Deliverable, s: Situation, done: readonly PastTurn[]): CodeTool | null {
	const tools: CodeTool[] =
		task === 'charts' ? ['execute_python', 'execute_javascript'] : ['execute_javascript'];
	const last = done.at(-1);
	if (last && (task !== 'charts' || drewSomething(last))) return null;
	const tried = done.map((turn) => turn.results[0]?.name);
	return tools.find((tool) => s.has(tool) && !tried.includes(tool)) ?? null;
}

/** Whether every planned chart was tried and not all of them failed. */
function drewSomething(turn: PastTurn): boolean {
	const outcome = outcomeOf(turn);
	if (!outcome.ok) return false;
	const { drawn = [], failed = [] } = outcome.said;
	return drawn.length > 0 || failed.length === 0;
}

function addProfile(wanted: readonly Deliverable[]): Deliverable[] {
	return ['profile', ...wanted.filter((task) => task !== 'profile')];
}

/** Whether the program met a profile.json that somebody else made. */
function isForeign(turn: PastTurn): boolean {
	if (!isCode(turn)) return false;
	const outcome = outcomeOf(turn);
	return outcome.ok && outcome.said.foreign === true;
}

function start(task: Deliverable, tool: CodeTool, s: Situation, profile: string): Turn {
	const request = { profile, directive: s.directive, files: s.inputs };
	const names = s.inputs.length === 1 ? `"${s.inputs[0]}"` : `${s.inputs.length} files`;
	if (tool === 'execute_python')
		return {
			phase: task,
			text: 'Now I draw the charts that fit, from the numbers in the profile.',
			calls: [{ name: tool, arguments: { code: pythonForCharts({ profile }) } }]
		};
	const text = {
		profile: `I read ${names} as a whole (files above 64 MB in evenly spaced blocks) and compute the profile: types, missing values, ranges, top values, duplicates, outliers, relations, trends.`,
		charts: 'I draw the charts with JavaScript, from the numbers in the profile.',
		quality: 'Now I list what is wrong or doubtful in the data, worst first.',
		report: 'Now I write the report from the computed numbers.'
	}[task];
	const json = /\bquality\.json\b/i.test(s.prompt);
	const code = javascriptFor(task, { ...request, json });
	return { phase: task, text, calls: [{ name: tool, arguments: { code } }] };
}

/** What a task that ran has to say in the answer. */
function report(task: Deliverable, turn: PastTurn): string {
	const outcome = outcomeOf(turn);
	if (!outcome.ok) return `The charts could not be drawn: ${outcome.why}`;
	const { answer: words = '', drawn = [], failed = [] } = outcome.said;
	if (task === 'profile') return `I wrote profile.json and summary.csv.\n\n${words}`;
	if (task === 'quality') return `I wrote quality.md. ${words}`;
	if (task === 'report')
		return `I wrote report.md.${words === '' ? '' : ` First findings:\n\n${words}`}`;
	const lines = drawn.map(({ file, title }) => `- ${file}: ${title}`);
	const misses = failed.map(({ file, why }) => `- ${file} could not be drawn: ${why}`);
	if (lines.length + misses.length === 0)
		return 'The profile holds nothing that a chart would show.';
	return [
		`I drew ${lines.length} ${lines.length === 1 ? 'chart' : 'charts'}:`,
		...lines,
		...misses
	].join('\n');
}

function leftOut(s: Situation): string[] {
	const all = inputsOf(s.files).length;
	return all > MOST_FILES
		? [`${all - MOST_FILES} further files were not looked at: I take ${MOST_FILES} at most.`]
		: [];
}

/** No sandbox, or code that failed: read the beginnings, compute here, write what was asked for. */
function withoutCode(s: Situation, failed: PastTurn | undefined): Turn {
	const outcome = failed ? outcomeOf(failed) : null;
	const why =
		outcome && !outcome.ok
			? `the code tool failed (${outcome.why})`
			: 'execute_javascript is not granted to this agent';
	if (!s.has('read_file'))
		return answer(
			`${INTRODUCTION}\n\nI could not analyse the files: ${why}, and read_file is not granted either. I wrote nothing.`
		);
	const read = s.turns.find((turn) => turn.phase === 'read');
	if (!read)
		return {
			phase: 'read',
			text: `I cannot run code here: ${why}. I read the beginning of each file instead; everything I write will say so.`,
			calls: s.inputs.map((filename) => ({ name: 'read_file', arguments: { filename } }))
		};
	const found = analyseReadings(read, s.files, s.directive, s.wanted);
	if (!found)
		return answer(
			`${INTRODUCTION}\n\nI could not read any of the files (${errorOf(read.results[0])}), so I wrote nothing.`
		);
	const limits = `I could not run code: ${why}. What I say rests on what read_file shows, at most 100 KB of each file.${s.wanted.includes('charts') ? ' Charts need code, so there are none.' : ''}`;
	const written = s.turns.find((turn) => turn.phase === 'write');
	if (written || !s.has('write_file') || found.files.length === 0) {
		const wrote = written ? written.results.filter((result) => result.ok).length : 0;
		const files = found.files
			.slice(0, wrote)
			.map((file) => file.filename)
			.join(', ');
		return answer(
			[
				INTRODUCTION,
				limits,
				wrote > 0 ? `I wrote ${files}.` : 'I wrote no files.',
				found.answer
			].join('\n\n')
		);
	}
	return {
		phase: 'write',
		text: 'I write what was asked for.',
		calls: found.files.map((file) => ({ name: 'write_file', arguments: file }))
	};
}
