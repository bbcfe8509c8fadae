import chartsPy from './programs/charts.py?raw';

const MODULES = import.meta.glob<string>('./programs/*.js', {
	query: '?raw',
	import: 'default',
	eager: true
});

const IMPORT = /^import\s[^']*?\sfrom\s'\.\/([^']+)';\n/gm;
const EXPORT = /^export (?:function|const) (\w+)/gm;

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

/** Begins the code, so that a person sees at once what it is for. */
const PURPOSE = {
	profile: 'Profile the files: types, missing values, ranges, outliers, correlations, trends',
	charts: 'Draw the charts that fit, from the numbers in the profile',
	quality: 'Rank the quality issues in the profile and write them down',
	report: 'Write the report from the computed numbers'
};

/** The code of one task, for `execute_javascript`: its module and all that this imports, as one. */
export function javascriptFor(task: keyof typeof PURPOSE, request: ProgramRequest) {
	const modules: string[] = [];
	const known = new Set<string>();
	add(`run-${task}.js`);
	return `// ${PURPOSE[task]}\nconst REQUEST = ${JSON.stringify(request)};\nconst modules = {};\n\n${modules.join('\n')}`;

	function add(name: string): void {
		if (known.has(name)) return;
		known.add(name);
		const source = MODULES[`./programs/${name}`];
		if (source === undefined) throw new Error(`There is no program ${name}`);
		for (const [, needed = ''] of source.matchAll(IMPORT)) add(needed);
		modules.push(asPart(name, source));
	}
}

/** The code that draws the planned charts, for `execute_python`. */
export function pythonForCharts(request: Pick<ProgramRequest, 'profile'>): string {
	const [imports = '', ...rest] = chartsPy.split('\n\n');
	const header = `REQUEST = json.loads(${JSON.stringify(JSON.stringify(request))})`;
	return [`# ${PURPOSE.charts}\n${imports}`, header, ...rest].join('\n\n');
}

/** A module as a function of its own, so that names of different modules cannot meet. */
function asPart(name: string, source: string): string {
	const exported = [...source.matchAll(EXPORT)].map(([, own]) => own);
	const body = source
		.replace(/^\/\/ @ts-nocheck.*\n/gm, '')
		.replace(/^\/\* global .*\n/gm, '')
		.replace(IMPORT, (statement, from: string) => {
			const names = statement.slice(statement.indexOf('{'), statement.indexOf('}') + 1);
			return `const ${names} = modules['${from}'];\n`;
		})
		.replace(/^export (?=function|const)/gm, '');
	return `modules['${name}'] = (() => {\n${body}return { ${exported.join(', ')} };\n})();\n`;
}
