import { workflowSchema, type WorkflowConfig } from '../../domain/workflow';
import { HOUSE_RULES } from './house-rules';

const PAIR = `Compare the two attached files; where the directive names them as before and after, keep to that, otherwise "A" is the first by name and "B" the second. With more than two files take the two that the directive names, or the first two, and say so. With fewer than two, write one line saying so and end.`;

const STRUCTURE = `${PAIR}

You compare what the files are, not their values. Look at the beginning of both and run code on the whole of both: format, encoding, delimiter, rows, columns. For tables: columns only in A, only in B, in both; columns that were probably renamed (similar name, similar values: give the share of equal values); types and units that differ; order; which column or columns identify a row in both (distinct and never missing in both), or that there is none. For texts: sections, length, language.

Write structure.json with all of it, "key" holding the identifying columns (or null). End with what changed in the structure, and the key.

${HOUSE_RULES}`;

const RECORDS = `${PAIR}

You compare the contents. Read structure.json first. For tables, match rows by the key it names; without a key, match whole rows and say so. Compute with code, over the whole of both files: rows only in A, only in B, in both and equal, in both and different; for each column how many values differ; for numeric columns the sum, mean and spread in A and B and their difference, and the ten largest single changes. Do not count 1 and 1.0, or dates written in two ways, as different; list such cases apart. For texts: what was added, removed, reworded, section by section, with the wording.

Write two files:
- differences.csv: one row per difference: kind (added, removed, changed), key, column, A, B. At most 10,000 rows; say how many there are in all. A text cell that begins with =, +, - or @ gets a leading apostrophe.
- records.json: the counts and figures above.

For tables also draw one chart of the changes that matter most, with labelled axes, saved as differences.png. End with the counts and the largest changes.

${HOUSE_RULES}`;

const WRITER = `You write the comparison for a person who knows both files by name only. Read structure.json, records.json and the beginning of differences.csv.

Write comparison.md: the difference that matters most for the directive in one paragraph with its numbers; then what changed in the structure; then what changed in the contents, the most important first, with a small table of examples, and the chart if there is one (![what it shows](differences.png)); then what stayed the same; then how rows were matched and what could not be compared. Link differences.csv.

End with the three differences that matter most.

${HOUSE_RULES}`;

const TOOLS = ['list_files', 'read_file', 'execute_python', 'execute_javascript', 'write_file'];

/** Structure → records → a comparison that a person can read. */
export const COMPARE_FILES: WorkflowConfig = workflowSchema.parse({
	id: 'compare-files',
	name: 'Compare two files',
	description:
		'What changed between two tables or two texts: structure, rows, values, with every difference as a table. Needs a language model: the built-in analyst profiles both files but does not compare them.',
	agents: [
		{ id: 'structure', prompt: STRUCTURE, tools: TOOLS, position: { x: 0, y: 80 } },
		{
			id: 'records',
			depends_on: ['structure'],
			prompt: RECORDS,
			tools: TOOLS,
			position: { x: 280, y: 80 }
		},
		{
			id: 'writer',
			model: 'reasoning',
			depends_on: ['structure', 'records'],
			prompt: WRITER,
			tools: TOOLS,
			position: { x: 560, y: 80 }
		}
	]
} satisfies Record<string, unknown>);
