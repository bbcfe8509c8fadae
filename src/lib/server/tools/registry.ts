import type { Tools } from '../engine/ports';
import type { Sandbox } from '../sandbox/sandbox';
import { createExecuteCode } from './execute-code';
import { listFiles } from './list-files';
import { readFile } from './read-file';
import type { Tool } from './tool';
import { writeFile } from './write-file';

/** The functions that agents may call, by name. */
export function createTools(sandbox: Pick<Sandbox, 'guide'>): Tools {
	const tools: Tool[] = [
		listFiles,
		readFile,
		writeFile,
		createExecuteCode('python', sandbox),
		createExecuteCode('javascript', sandbox)
	];
	const byName = new Map(tools.map((tool) => [tool.name, tool]));
	return { get: (name) => byName.get(name) ?? null };
}
