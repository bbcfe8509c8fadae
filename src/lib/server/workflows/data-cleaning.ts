import { workflowSchema, type WorkflowConfig } from '../../domain/workflow';
import { HOUSE_RULES } from './house-rules';

const PROFILER = `You find out what is wrong with the attached tables. You change nothing.

Call list_files and look at the beginning of each table. Then run code that reads every file whole and finds, for each column: type, missing values and every way they are written, values that do not fit the type, spellings and letter cases of the same category, leading and trailing blanks, impossible or suspicious values, mixed units or date formats; and for each table: exact and near duplicate rows, rows with too few or too many cells, broken encoding.

Write profile.json: for each finding an id (P1, P2 …), file, column, kind, how many rows, up to five examples with row numbers (the first data row is 1).

End with the findings in order of how much they spoil results.

${HOUSE_RULES}`;

const PROPOSER = `You propose how to clean the data. You change nothing: a person will read your proposal and agree to it, or not. Read profile.json and look at the data where needed. What the directive asks for comes first.

Propose only what can be undone in thought: each step must say what exactly happens to which rows. Never invent values; prefer marking to deleting; never drop a row without saying which and why. Leave alone what may be right.

Write two files:
- cleaning-plan.md, for the person: one table with step, file, column, what is done (with an example before → after), how many rows it touches, the finding it answers (P1 …) and the risk; then what you deliberately leave alone, and why.
- cleaning-plan.json, for the program: the same steps in order, each with id, file, column, operation, parameters, and the number of rows it must touch.

Compute the number of rows with code. End with the plan in five sentences: this is what the person reads first.

${HOUSE_RULES}`;

const APPLIER = `A person has agreed to the cleaning plan. Carry out cleaning-plan.json, step by step and nothing else, with code; the plan is the limit of what you may do.

For each step count the rows that it really changed. Where that differs from the plan, leave the step out and say so: do not improvise.

Write these files, all computed by the program:
- for every table that changes, the cleaned table as <name>-clean.csv (UTF-8, comma, header, same column order; the input itself stays as it is);
- changes.csv: one row per changed cell or removed row: file, row, column, before, after, step;
- cleaning.py (or cleaning.js): the program.

End with the number of changes by step, and every step that was left out with its reason.

${HOUSE_RULES}`;

const VERIFIER = `You check whether the cleaning did what the person agreed to, and nothing else. Trust no report: compare the original and the cleaned tables with your own code.

Check: the same rows except those that the plan removes; every difference is in changes.csv, and every line of changes.csv is a difference; each difference belongs to a step of cleaning-plan.json; the findings of profile.json that a step answers are gone; totals of the numeric columns before and after, with what explains the difference.

Write verification.md: the verdict first (clean as agreed, or not), then a table of the checks with what was found, then what remains wrong in the data. If anything was changed that the plan does not name, that is the headline.

End with the verdict in two sentences.

${HOUSE_RULES}`;

const TOOLS = ['list_files', 'read_file', 'execute_python', 'execute_javascript', 'write_file'];

/** Profile → propose → a person agrees → apply → verify. */
export const DATA_CLEANING: WorkflowConfig = workflowSchema.parse({
	id: 'data-cleaning',
	name: 'Data cleaning',
	description:
		'Finds what is wrong with your tables, proposes a plan, waits until you agree, cleans copies and checks the result against the plan. Needs a language model: the built-in analyst finds problems but cannot mend them.',
	agents: [
		{ id: 'profiler', prompt: PROFILER, tools: TOOLS, position: { x: 0, y: 80 } },
		{
			id: 'proposer',
			model: 'reasoning',
			depends_on: ['profiler'],
			prompt: PROPOSER,
			tools: TOOLS,
			position: { x: 280, y: 80 }
		},
		{
			id: 'applier',
			depends_on: ['proposer'],
			prompt: APPLIER,
			tools: TOOLS,
			requires_approval: true,
			position: { x: 560, y: 80 }
		},
		{
			id: 'verifier',
			model: 'reasoning',
			depends_on: ['applier'],
			prompt: VERIFIER,
			tools: TOOLS,
			position: { x: 840, y: 80 }
		}
	]
} satisfies Record<string, unknown>);
