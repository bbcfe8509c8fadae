import type { HLJSApi, LanguageFn } from 'highlight.js';
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

let core: HLJSApi | undefined;

/** The text as escaped HTML with its parts marked; null when its language is unknown or it is long. */
export async function highlight(text: string, file: { name: string }): Promise<string | null> {
	const language = splitExtension(file.name).extension.slice(1).toLowerCase();
	if (text.length > LIMIT || !LANGUAGES.has(language)) return null;
	await learn(language);
	return highlightNow(text, language);
}

/** Gets ready for a language, by its file extension. True when it was not ready before. */
async function learn(language: string): Promise<boolean> {
	const load = LANGUAGES.get(language);
	if (!load || core?.getLanguage(language)) return false;
	const [hljs, grammar] = await Promise.all([import('highlight.js/lib/core'), load()]);
	core = hljs.default;
	core.registerLanguage(language, grammar.default);
	return true;
}

/** As `highlight`, at once; null also when the language is not ready. */
function highlightNow(text: string, language: string): string | null {
	if (!core?.getLanguage(language) || text.length > LIMIT) return null;
	return core.highlight(text, { language, ignoreIllegals: true }).value;
}

const ALIASES: Record<string, string> = {
	python: 'py',
	python3: 'py',
	javascript: 'js',
	node: 'js',
	typescript: 'ts',
	bash: 'sh',
	shell: 'sh',
	zsh: 'sh',
	latex: 'tex'
};

function languageOf(fence: string): string {
	const word = /^[\w+-]*/.exec(fence.trim())?.[0].toLowerCase() ?? '';
	return Object.hasOwn(ALIASES, word) ? (ALIASES[word] ?? word) : word;
}

/** Code of a Markdown fence, named as people name languages there, in colours if they are ready. */
export function highlightFence(text: string, fence: string): string | null {
	return highlightNow(text, languageOf(fence));
}

/** Gets ready for all languages that the fences of this Markdown name. True when one was not. */
export async function learnFences(markdown: string): Promise<boolean> {
	const named = [...markdown.matchAll(/^ {0,3}(?:`{3,}|~{3,}) *([\w+-]+)/gm)];
	const learnt = await Promise.all(
		[...new Set(named.map((match) => languageOf(match[1] ?? '')))].map(learn)
	);
	return learnt.includes(true);
}
