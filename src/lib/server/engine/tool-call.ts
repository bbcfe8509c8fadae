import { z } from 'zod';
import { DomainError } from '../../domain/errors';
import type { Agent } from '../../domain/workflow';
import type { ToolCall, ToolSpec } from '../models/model';
import type { Log } from '../platform/log';
import type { Sandbox } from '../sandbox/sandbox';
import type { SessionFiles, Tool, ToolOutcome } from '../tools/tool';
import { Interrupt, within } from './interrupt';
import type { Tools } from './ports';
import { delegateTool } from '../tools/delegate';

export interface ToolDeps {
	tools: Tools;
	sandbox: Sandbox;
	session: SessionFiles;
	runId: string;
	timeoutMs: number;
	/** Whether the workflow lets code reach the internet. */
	internet: boolean;
	log: Pick<Log, 'error'>;
	newId: () => string;
}

type Described = Pick<Tool, 'name' | 'description' | 'input'>;

const specs = new WeakMap<Described, ToolSpec>();

/** The tools an agent was given, as a model is told. */
export function toolSpecs(agent: Agent, tools: Tools): ToolSpec[] {
	const given = agent.tools.flatMap((name) => tools.get(name) ?? []);
	return [...given, ...(agent.allow_delegation ? [delegateTool] : [])].map(specOf);
}

/**
 * A schema is described once: that takes longer than all else a step does. What the tool says of itself
 * may change: a sandbox finds out what is installed there.
 */
function specOf(tool: Described): ToolSpec {
	const known = specs.get(tool);
	const { description } = tool;
	if (known) return known.description === description ? known : { ...known, description };
	const { $schema: _, ...parameters } = z.toJSONSchema(tool.input, { io: 'input' });
	const spec = { name: tool.name, description, parameters };
	specs.set(tool, spec);
	return spec;
}

/** What a tool may take beyond its limit to say itself that time was up. */
const GRACE_MS = 5_000;

/**
 * Runs one call. Everything that goes wrong is an answer the model can read.
 * @throws Interrupt when the step has to let go.
 */
export async function runTool(
	deps: ToolDeps,
	agent: Agent,
	call: ToolCall,
	parent: AbortSignal
): Promise<ToolOutcome> {
	const { tools, sandbox, session, runId, timeoutMs, internet } = deps;
	const resolved = resolveCall(tools, agent, call);
	if ('problem' in resolved) return refused(resolved.problem);
	const { tool, input } = resolved;
	const limitMs = timeoutMs + Math.min(GRACE_MS, timeoutMs);
	try {
		return await within(parent, limitMs, 'tool_timeout', (signal) =>
			tool.run(input, { runId, session, sandbox, signal, timeoutMs, internet })
		);
	} catch (error) {
		parent.throwIfAborted();
		if (error instanceof Interrupt && error.reason === 'tool_timeout')
			return refused(
				`The tool did not finish within ${timeoutMs / 1000} seconds and was ended.`,
				'tool_timeout'
			);
		if (error instanceof DomainError) return refused(error.message, error.code);
		const errorId = deps.newId();
		deps.log.error(
			{ err: error, error_id: errorId, run_id: runId, tool: call.name },
			'a tool broke'
		);
		return refused(`The tool failed inside the server (error ${errorId}).`);
	}
}

/** What a call would run, or why it cannot. */
export function resolveCall(
	tools: Tools,
	agent: Agent,
	call: ToolCall
): { tool: Tool; input: unknown } | { problem: string } {
	const tool = tools.get(call.name);
	if (!tool) return { problem: `There is no tool ${JSON.stringify(call.name)}.` };
	if (!agent.tools.includes(call.name))
		return { problem: `The tool "${call.name}" was not given to this agent.` };
	const input = tool.input.safeParse(call.arguments);
	return input.success
		? { tool, input: input.data }
		: { problem: `The arguments of ${call.name} are not right: ${z.prettifyError(input.error)}` };
}

/** A call's outcome when nothing was done: the model reads why. */
export function refused(error: string, reason?: string): ToolOutcome {
	const result = { error, ...(reason === undefined ? {} : { reason }) };
	return { ok: false, result, writes: [], refused: [] };
}
