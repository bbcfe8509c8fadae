import answers from './programs/answers.js?raw';
import chartPlan from './programs/chart-plan.js?raw';
import chartsPy from './programs/charts.py?raw';
import columns from './programs/columns.js?raw';
import csv from './programs/csv.js?raw';
import dates from './programs/dates.js?raw';
import decode from './programs/decode.js?raw';
import findings from './programs/findings.js?raw';
import issues from './programs/issues.js?raw';
import json from './programs/json.js?raw';
import markdown from './programs/markdown.js?raw';
import profile from './programs/profile.js?raw';
import profileJson from './programs/profile-json.js?raw';
import prose from './programs/prose.js?raw';
import qualityMd from './programs/quality-md.js?raw';
import relations from './programs/relations.js?raw';
import reportMd from './programs/report-md.js?raw';
import runProfile from './programs/run-profile.js?raw';
import runQuality from './programs/run-quality.js?raw';
import runReport from './programs/run-report.js?raw';
import summarize from './programs/summarize.js?raw';
import summaryCsv from './programs/summary-csv.js?raw';
import table from './programs/table.js?raw';
import trends from './programs/trends.js?raw';
import values from './programs/values.js?raw';

const WORDING = [markdown, qualityMd, findings, answers];

/** What a program is told; it finds it as `REQUEST`. */
export interface ProgramRequest {
	/** Where profile.json is, or is to be. */
	profile: string;
	directive: string;
	/** Names of the files to profile. */
	files?: string[];
	/** Whether to write quality.json too. */
	json?: boolean;
}

/** The code of one task, for `execute_javascript`. */
export function javascriptFor(task: 'profile' | 'quality' | 'report', request: ProgramRequest) {
	const parts = {
		profile: [
			...[decode, csv, json, values, dates, table, columns, relations, trends, summarize],
			...[prose, issues, chartPlan, profile, profileJson, summaryCsv, ...WORDING, runProfile]
		],
		quality: [...WORDING, runQuality],
		report: [...WORDING, reportMd, runReport]
	}[task];
	return `const REQUEST = ${JSON.stringify(request)};\n\n${parts.map(asPart).join('\n')}`;
}

/** The code that draws the planned charts, for `execute_python`. */
export function pythonForCharts(request: Pick<ProgramRequest, 'profile'>): string {
	const [imports = '', ...rest] = chartsPy.split('\n\n');
	const header = `REQUEST = json.loads(${JSON.stringify(JSON.stringify(request))})`;
	return [imports, header, ...rest].join('\n\n');
}

/** A module as a part of one bigger module: without its imports, exports and directives. */
function asPart(source: string): string {
	return source
		.replace(/^import\s[\s\S]*?\sfrom\s'[^']+';\n/gm, '')
		.replace(/^\/\/ @ts-nocheck.*\n/gm, '')
		.replace(/^\/\* global .*\n/gm, '')
		.replace(/^export /gm, '');
}
