import { ancestorsOf } from '../../domain/graph';
import type { Agent } from '../../domain/workflow';
import { directiveFor } from './brief';
import type { Digests } from './ports';

/** The newest version of a file by one agent. */
export interface MadeFile {
	filename: string;
	version: number;
	sha256: string;
}

/** What each agent of a run has made so far, by name. */
export type MadeFiles = ReadonlyMap<string, ReadonlyMap<string, MadeFile>>;

/** A run as far as the answers of its steps rest on it. */
export interface Ground {
	agents: readonly Agent[];
	models: ReadonlyMap<string, string>;
	directive: string;
	allowInternet: boolean;
	inputs: Digests;
	answers: ReadonlyMap<string, string | null>;
	made: MadeFiles;
}

/**
 * All that a step's answer rests on, part by part, each in one canonical form. A step whose fingerprint
 * is that of a step done before would be asked the very same again.
 */
export type Fingerprint = Readonly<Record<Part, string>>;

const PARTS = {
	prompt: 'its prompt',
	role: 'its role',
	model: 'its model',
	tools: 'its tools',
	directive: 'its directive',
	inputs: 'the attached files',
	answers: 'an answer it is given',
	files: 'files of the agents before it'
} as const;
type Part = keyof typeof PARTS;

export function fingerprint(agent: Agent, ground: Ground): Fingerprint {
	const { agents, models, directive, allowInternet, inputs, answers, made } = ground;
	const latest = new Map<string, MadeFile>();
	for (const { id } of ancestorsOf(agents, agent.id))
		for (const file of made.get(id)?.values() ?? [])
			if (file.version > (latest.get(file.filename)?.version ?? 0)) latest.set(file.filename, file);
	return {
		prompt: agent.prompt,
		role: agent.role,
		model: models.get(agent.id) ?? '',
		tools: JSON.stringify([
			agent.tools,
			agent.tools_requiring_approval ?? [],
			agent.allow_delegation,
			allowInternet
		]),
		directive: directiveFor(agent, directive),
		inputs: inOrder(Object.entries(inputs)),
		answers: JSON.stringify(agent.depends_on.map((id) => [id, answers.get(id) ?? ''])),
		files: inOrder([...latest.values()].map(({ filename, sha256 }) => [filename, sha256]))
	};
}

/** What is not the same, for a person; empty when nothing is. */
export function differences(one: Fingerprint, other: Fingerprint): string[] {
	return Object.entries(PARTS).flatMap(([part, words]) =>
		isPart(part) && one[part] !== other[part] ? [words] : []
	);
}

const isPart = (raw: string): raw is Part => Object.hasOwn(PARTS, raw);

function inOrder(entries: [string, string][]): string {
	return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
