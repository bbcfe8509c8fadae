import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { FileName } from '../../../domain/file-name';
import { topologicalOrder } from '../../../domain/graph';
import { mediaTypeOf } from '../../../domain/media-type';
import type { Agent } from '../../../domain/workflow';
import type { Sandbox } from '../../sandbox/sandbox';
import { createTools } from '../../tools/registry';
import type { SessionFile, SessionFiles } from '../../tools/tool';
import type { Message, Model, ToolCall, ToolSpec } from '../model';
import { createAnalyst } from './analyst';

/** A run's files in a temporary folder, and the agents that work on them one after the other. */
export async function createBench(inputs: Record<string, string | Uint8Array>, sandbox: Sandbox) {
	const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'raro-analyst-'));
	const files = new Map<string, SessionFile>();
	let made = 0;
	async function put(name: string, content: string | Uint8Array, from: 'input' | 'output') {
		const at = path.join(folder, String(made++));
		await fs.writeFile(at, content);
		const { size } = await fs.stat(at);
		const safe = name as FileName;
		files.set(name, {
			name: safe,
			sizeBytes: size,
			contentType: mediaTypeOf(safe),
			from,
			path: at
		});
	}
	for (const [name, content] of Object.entries(inputs)) await put(name, content, 'input');
	const session: SessionFiles = {
		list: async () => [...files.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
		find: async (name) => files.get(name) ?? null,
		read: async (file, maxBytes) => (await fs.readFile(file.path)).subarray(0, maxBytes)
	};
	const tools = createTools(sandbox);
	const signal = new AbortController().signal;

	async function call(made: ToolCall, granted: readonly string[]) {
		const tool = granted.includes(made.name) ? tools.get(made.name) : null;
		const base = { call_id: made.id, name: made.name };
		if (!tool) return { ...base, ok: false, result: { error: `There is no tool ${made.name}.` } };
		const context = { runId: 'bench', session, sandbox, signal, timeoutMs: 60_000 };
		const outcome = await tool.run(tool.input.parse(made.arguments), context);
		for (const { name, bytes } of outcome.writes) await put(name, bytes, 'output');
		return { ...base, ok: outcome.ok, result: outcome.result };
	}

	/** Runs one step to its end; answers the whole history. */
	async function step(
		agent: { id: string; prompt: string; tools: string[] },
		directive: string,
		model: Model = createAnalyst()
	): Promise<{ answer: string; messages: Message[] }> {
		const specs: ToolSpec[] = agent.tools.map((name) => ({
			name,
			description: '',
			parameters: {}
		}));
		const listed = (await session.list()).map((f) => ({
			name: f.name,
			size_bytes: f.sizeBytes,
			content_type: f.contentType,
			from: f.from
		}));
		const brief = { directive, files: listed, upstream: [] };
		const messages: Message[] = [{ role: 'user', text: directive, brief }];
		for (let round = 0; round < 30; round++) {
			const { text, calls } = await takeTurn(model, agent, messages, specs);
			if (calls.length === 0) return { answer: text, messages };
			const results = [];
			for (const made of calls) results.push(await call(made, agent.tools));
			messages.push({ role: 'tool', results });
		}
		throw new Error('The step did not end within 30 rounds.');
	}

	async function workflow(agents: readonly Agent[], directive: string) {
		const answers: Record<string, string> = {};
		for (const agent of topologicalOrder(agents))
			answers[agent.id] = (await step(agent, directive)).answer;
		return answers;
	}

	/** What was written, by name. */
	async function outputs(): Promise<Map<string, Buffer>> {
		const found = new Map<string, Buffer>();
		for (const file of await session.list())
			if (file.from === 'output') found.set(file.name, await fs.readFile(file.path));
		return found;
	}
	return {
		step,
		workflow,
		outputs,
		remove: () => fs.rm(folder, { recursive: true, force: true })
	};
}

/** One turn of a model; its message is appended to the history. */
export async function takeTurn(
	model: Model,
	agent: { id: string; prompt: string },
	messages: Message[],
	tools: ToolSpec[]
): Promise<{ text: string; calls: ToolCall[] }> {
	let text = '';
	const calls: ToolCall[] = [];
	const request = { agent: { ...agent, role: 'worker' }, messages: [...messages], tools };
	for await (const part of model.streamTurn(request, new AbortController().signal)) {
		if (part.type === 'text') text += part.text;
		else if (part.type === 'tool_call') calls.push(part.call);
		else if (part.type === 'end') {
			const { provider, model: name, wire } = part;
			messages.push({ role: 'model', provider, model: name, wire, text, calls });
		}
	}
	return { text, calls };
}
