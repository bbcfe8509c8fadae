import { z } from 'zod';
import type { RunId } from '../../domain/ids';
import type { StepView } from '../../domain/run-event';
import type { Agent, StartRequest } from '../../domain/workflow';
import type { Tool } from '../tools/tool';
import { call, request, say, tool, until, type openStage, type Script } from './testing';

type Engine = ReturnType<ReturnType<typeof openStage>['openEngine']>;

/** A graph of which some agents need a person: to begin, or before each call of a tool. */
export function asking(
	graph: Record<string, string[]>,
	needs: Record<string, Partial<Agent>>,
	more: Parameters<typeof request>[1] = {}
): StartRequest {
	const made = request(graph, { tools: ['write_file', 'list_files', 'read_file'], ...more });
	const agents = made.agents?.map((agent) => ({ ...agent, ...needs[agent.id] }));
	return { ...made, agents };
}

/** Resolves with what the agent asks, once it does. */
export async function asks(engine: Engine, run: RunId, agent = 'a'): Promise<StepView> {
	const find = () => engine.view(run).steps.find((step) => step.agent_id === agent);
	await until(() => find()?.status === 'awaiting_approval');
	const step = find();
	if (!step) throw new Error(`no step ${agent}`);
	return step;
}

/** Calls `list_files` once with these arguments, then says what it was told. */
export const callOnce =
	(args: unknown = {}): Script =>
	({ turn, request }) => {
		if (turn === 1) return call(['list_files', args]);
		const last = request.messages.at(-1);
		return say(last?.role === 'tool' ? JSON.stringify(last.results[0]?.result) : 'nothing');
	};

/** `list_files`, which notes that it ran. */
export function counted(ran: unknown[], name = 'list_files'): Tool {
	return {
		...tool(name, async (input, { session }) => {
			const names = (await session.list()).map((file) => file.name);
			ran.push({ input, names });
			return { ok: true, result: { names }, writes: [], refused: [] };
		}),
		input: z.looseObject({})
	};
}
