import type { LanguageFn } from 'highlight.js';
import { splitExtension } from '$lib/domain/file-name';

type Load = () => Promise<{ default: LanguageFn }>;

const javascript: Load = () => import('highlight.js/lib/languages/javascript');
const python: Load = () => import('highlight.js/lib/languages/python');
const xml: Load = () => import('highlight.js/lib/languages/xml');
const yaml: Load = () => import('highlight.js/lib/languages/yaml');
const ini: Load = () => import('highlight.js/lib/languages/ini');

const LANGUAGES = new Map<string, Load>([
	['js', javascript],
	['mjs', javascript],
	['ts', () => import('highlight.js/lib/languages/typescript')],
	['py', python],
	['r', () => import('highlight.js/lib/languages/r')],
	['sql', () => import('highlight.js/lib/languages/sql')],
	['sh', () => import('highlight.js/lib/languages/bash')],
	['css', () => import('highlight.js/lib/languages/css')],
	['json', () => import('highlight.js/lib/languages/json')],
	['html', xml],
	['htm', xml],
	['xml', xml],
	['yaml', yaml],
	['yml', yaml],
	['toml', ini],
	['ini', ini],
	['tex', () => import('highlight.js/lib/languages/latex')]
]);

/** Longer text stays plain: colouring it would block the page. */
const LIMIT = 300_000;

/** The text as escaped HTML with its parts marked; null when its language is unknown or it is long. */
export async function highlight(text: string, file: { name: string }): Promise<string | null> {
	const language = splitExtension(file.name).extension.slice(1).toLowerCase();
	const load = LANGUAGES.get(language);
	if (!load || text.length > LIMIT) return null;
	const [{ default: core }, { default: grammar }] = await Promise.all([
		import('highlight.js/lib/core'),
		load()
	]);
	core.registerLanguage(language, grammar);
	return core.highlight(text, { language, ignoreIllegals: true }).value;
}
