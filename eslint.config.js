import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/*
 * The direction of dependencies (see docs/architecture.md), enforced on import paths:
 * domain <- platform, db, storage <- nouns, models, tools, sandbox <- engine <- services <- routes,
 * and client <- components <- routes in the browser.
 */
const nouns = ['clients', 'library', 'artifacts', 'workflows', 'runs'];

/**
 * Forbids imports from folders, however they are written: `$lib/…` or relative.
 * @param {string[]} files
 * @param {string[]} folders below src/lib, or a package
 * @param {string} message
 * @param {string[]} [packages] regular expressions
 */
function forbid(files, folders, message, packages = []) {
	const regexes = folders.flatMap((folder) => {
		const last = folder.split('/').at(-1);
		return [`^\\$lib/${folder}(/|$)`, `^(\\.\\./)+(lib/)?(server/)?${last}(/|$)`];
	});
	return {
		files,
		ignores: ['**/*.test.ts', '**/testing.ts', '**/contract.ts'],
		rules: {
			// A type may come from the consumer that declares it; code may not.
			'@typescript-eslint/no-restricted-imports': [
				'error',
				{
					patterns: [...regexes, ...packages].map((regex) => ({
						regex,
						message,
						allowTypeImports: true
					}))
				}
			]
		}
	};
}

const upper = ['server/engine', 'server/planning', 'server/services', 'server/services.ts'];
const nounFolders = nouns.map((noun) => `server/${noun}`);
const capabilities = ['server/models', 'server/tools', 'server/sandbox'];

export default ts.config(
	{ ignores: ['build/', '.svelte-kit/', 'storage/', 'drizzle/', 'test-results/', '.cache/'] },
	js.configs.recommended,
	...ts.configs.recommended,
	...svelte.configs.recommended,
	{
		languageOptions: { globals: { ...globals.browser, ...globals.node } },
		rules: {
			'no-undef': 'off',
			'@typescript-eslint/no-explicit-any': 'error',
			'@typescript-eslint/no-non-null-assertion': 'error',
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ argsIgnorePattern: '^_', varsIgnorePattern: '^_' }
			],
			'svelte/no-navigation-without-resolve': 'off'
		}
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: {
			parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig }
		}
	},
	{
		files: [
			'src/lib/**/*.ts',
			'src/routes/**/*.ts',
			'src/lib/**/*.svelte',
			'src/routes/**/*.svelte'
		],
		ignores: ['**/*.test.ts', '**/testing.ts', 'src/lib/server/platform/config.ts'],
		rules: {
			'no-restricted-properties': [
				'error',
				{
					object: 'process',
					property: 'env',
					message: 'Only platform/config.ts reads the environment; take what you need from Config.'
				}
			]
		}
	},
	{
		// Plain JavaScript that is shipped as text into the sandbox; its tests are its check.
		files: ['src/lib/server/models/analyst/programs/*.js', 'src/lib/server/sandbox/runner/**/*.js'],
		rules: {
			'@typescript-eslint/ban-ts-comment': ['error', { 'ts-nocheck': 'allow-with-description' }]
		}
	},
	{
		files: ['src/routes/**/*.ts', 'src/routes/**/*.svelte'],
		ignores: ['**/*.test.ts'],
		rules: {
			'no-restricted-imports': [
				'error',
				{
					patterns: [
						{
							regex: '^(node:)?(fs|path|child_process|worker_threads|vm|sqlite|module)(/|$)',
							message:
								'Routes do not touch the disk: names go through parseFileName, paths through storage/layout.'
						},
						{
							regex: '^(\\$lib|(\\.\\./)+lib)/server/(db|storage/layout)',
							message: 'Routes ask a noun of services(); they know neither tables nor paths.'
						}
					]
				}
			],
			'no-restricted-syntax': [
				'error',
				{
					selector: 'ImportExpression > Literal[value=/^(node:)?(fs|path|child_process)/]',
					message: 'Routes do not touch the disk, however they import it.'
				},
				{
					selector: 'MemberExpression[property.name="getBuiltinModule"]',
					message: 'Routes do not touch the disk, however they import it.'
				},
				{
					selector:
						':matches(TemplateLiteral, BinaryExpression[operator="+"]) MemberExpression:matches([object.name="params"], [object.property.name="params"])',
					message:
						'A path is never joined from an address: parse the name, ask a noun for the file.'
				},
				{
					selector:
						'TSAsExpression TSTypeReference[typeName.name=/^(StorageKey|FileName|RunId|ClientId)$/]',
					message: 'Only its parser makes one of these.'
				}
			]
		}
	},
	forbid(
		['src/lib/domain/**'],
		['server', 'client', 'components', ...upper, ...nounFolders],
		'The domain knows no I/O, no server and no screen.',
		['^node:', '^svelte', '^\\$app/', '^\\$env/', '^drizzle', '^better-sqlite3']
	),
	forbid(
		['src/lib/server/{platform,db,storage}/**'],
		[...nounFolders, ...capabilities, ...upper],
		'platform, db and storage are below the nouns.'
	),
	...nouns.map((noun) =>
		forbid(
			[`src/lib/server/${noun}/**`],
			[...nounFolders.filter((n) => n !== `server/${noun}`), ...capabilities, ...upper],
			'A noun imports no other noun: declare the small interface it needs; services.ts passes it in.'
		)
	),
	forbid(
		['src/lib/server/{models,tools,sandbox}/**'],
		[...nounFolders, ...upper],
		'models, tools and sandbox are below the engine and beside the nouns.'
	),
	forbid(
		['src/lib/client/**'],
		['components', 'server'],
		'Browser state is below the components and never on the server.'
	),
	forbid(
		['src/lib/components/ui/**'],
		['domain', 'server', 'components/rail', 'components/console', 'components/preview'],
		'ui knows nothing of our domain.',
		['^\\$lib/client/(?!(clock\\.svelte|format)$)']
	),
	forbid(
		['src/lib/components/{rail,console,preview,runs,workflow,editor}/**'],
		['server'],
		'Components run in the browser.'
	)
);
