/** The tools there are. Apart from the schemas, which a page that only shows runs need not fetch. */
export const TOOL_NAMES = [
	'list_files',
	'read_file',
	'write_file',
	'execute_python',
	'execute_javascript'
] as const;
export type ToolName = (typeof TOOL_NAMES)[number];
