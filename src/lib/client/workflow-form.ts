import type { ToolName } from '$lib/domain/tool-names';
import type { WorkflowConfig } from '$lib/domain/workflow';

/** An agent as its form has it: as it was typed, right or wrong. */
export interface DraftAgent {
	id: string;
	role: string;
	model: string;
	prompt: string;
	tools: string[];
	tools_requiring_approval: string[];
	/** Agent ids with commas between them. */
	depends_on: string;
	requires_approval: boolean;
	accepts_directive: boolean;
	allow_delegation: boolean;
	user_directive: string;
	/** `x,y` on the canvas; empty without. */
	position: string;
}

/** A workflow as its form has it. */
export interface Draft {
	/** Empty while it is not stored. */
	id: string;
	name: string;
	description: string;
	max_token_budget: string;
	max_cost_usd: string;
	timeout_s: string;
	allow_internet: boolean;
	agents: DraftAgent[];
}

type Fields = Record<string, string | string[]>;

export function emptyAgent(taken: readonly DraftAgent[]): DraftAgent {
	let n = taken.length + 1;
	while (taken.some(({ id }) => id === `agent-${n}`)) n += 1;
	return {
		id: `agent-${n}`,
		role: 'worker',
		model: 'fast',
		prompt: '',
		tools: ['list_files', 'read_file', 'write_file'],
		tools_requiring_approval: [],
		depends_on: taken.at(-1)?.id ?? '',
		requires_approval: false,
		accepts_directive: true,
		allow_delegation: false,
		user_directive: '',
		position: ''
	};
}

export function draftOf(config: WorkflowConfig): Draft {
	return {
		id: config.id,
		name: config.name,
		description: config.description ?? '',
		max_token_budget: String(config.max_token_budget ?? ''),
		max_cost_usd: String(config.max_cost_usd ?? ''),
		timeout_s: config.timeout_ms === undefined ? '' : String(config.timeout_ms / 1000),
		allow_internet: config.allow_internet ?? false,
		agents: config.agents.map((agent) => ({
			...agent,
			tools_requiring_approval: agent.tools_requiring_approval ?? [],
			depends_on: agent.depends_on.join(', '),
			user_directive: agent.user_directive ?? '',
			position: agent.position ? `${agent.position.x},${agent.position.y}` : ''
		}))
	};
}

const AGENT_FIELD = /^agents\.(\d{1,3})\.[a-z_]+$/;

/** Reads what the form sent; agents keep their order, gaps in the numbers are closed. */
export function draftFrom(fields: Fields): Draft {
	const text = (name: string) => [fields[name] ?? ''].flat()[0] ?? '';
	const list = (name: string) => [fields[name] ?? []].flat();
	const places = Object.keys(fields).flatMap((name) => {
		const found = AGENT_FIELD.exec(name)?.[1];
		return found === undefined ? [] : [Number(found)];
	});
	return {
		id: text('id'),
		name: text('name'),
		description: text('description'),
		max_token_budget: text('max_token_budget'),
		max_cost_usd: text('max_cost_usd'),
		timeout_s: text('timeout_s'),
		allow_internet: text('allow_internet') !== '',
		agents: [...new Set(places)]
			.sort((a, b) => a - b)
			.map((n) => ({
				id: text(`agents.${n}.id`),
				role: text(`agents.${n}.role`) || 'worker',
				model: text(`agents.${n}.model`),
				prompt: text(`agents.${n}.prompt`),
				tools: list(`agents.${n}.tools`),
				tools_requiring_approval: list(`agents.${n}.tools_requiring_approval`),
				depends_on: text(`agents.${n}.depends_on`),
				requires_approval: text(`agents.${n}.requires_approval`) !== '',
				accepts_directive: text(`agents.${n}.accepts_directive`) !== '',
				allow_delegation: text(`agents.${n}.allow_delegation`) !== '',
				user_directive: text(`agents.${n}.user_directive`),
				position: text(`agents.${n}.position`)
			}))
	};
}

/** The agents that a `depends_on` of the form names. */
export const idsIn = (text: string) => text.split(/[\s,;]+/).filter(Boolean);

/**
 * Gives an agent another name, also where others wait for it. While two have the same name, nobody can
 * tell for which of them others wait: then those stay as they are.
 */
export function renameAgent(draft: Draft, index: number, to: string): void {
	const agent = draft.agents[index];
	if (!agent || to === agent.id) return;
	const from = agent.id;
	const shared = draft.agents.some((one) => one !== agent && (one.id === from || one.id === to));
	agent.id = to;
	if (from === '' || shared) return;
	for (const other of draft.agents) {
		const ids = idsIn(other.depends_on);
		if (ids.includes(from)) other.depends_on = ids.map((id) => (id === from ? to : id)).join(', ');
	}
}

/** Takes an agent out; who waited for it waits for what it waited for. */
export function removeAgent(draft: Draft, index: number): void {
	const [gone] = draft.agents.splice(index, 1);
	if (!gone || gone.id === '' || draft.agents.some(({ id }) => id === gone.id)) return;
	for (const other of draft.agents) {
		const ids = idsIn(other.depends_on);
		if (!ids.includes(gone.id)) continue;
		const heirs = ids.flatMap((id) => (id === gone.id ? idsIn(gone.depends_on) : [id]));
		other.depends_on = [...new Set(heirs)].join(', ');
	}
}

/** An id for a new workflow: its name in plain letters, and a number when that is taken. */
export function workflowIdFor(name: string, taken: readonly string[]): string {
	const plain = name
		.normalize('NFKD')
		.replace(/\p{M}/gu, '')
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-+|-+$/g, '')
		.slice(0, 80);
	const base = plain || 'workflow';
	let id = base;
	// "new" is the address of the one that is not stored yet.
	for (let n = 2; id === 'new' || taken.includes(id); n++) id = `${base}-${n}`;
	return id;
}

/** Every tool, with what it does in a few words. */
export const TOOL_WORDS: Record<ToolName, string> = {
	list_files: 'see which files there are',
	read_file: 'read files',
	write_file: 'write files',
	execute_python: 'run Python',
	execute_javascript: 'run JavaScript'
};
