import type { NewRunEvent } from '../../domain/run-event';
import { ModelError, type Message, type Usage } from '../models/model';
import type { ActiveRun } from './active-run';
import type { Reservation } from './budget';
import type { EngineDeps } from './deps';
import { StepFailure } from './interrupt';
import { askTurn, type TurnDeps } from './model-turn';
import { promptTokens } from './prompt-size';
import type { StepStore } from './step-store';

/** Below this, an answer that reached its bound was cut off by the budget and not by the model. */
const SHORT_ANSWER = 4096;

const UNCOUNTED =
	'The service of this model does not say how many tokens it took. They are missing in what the run has used, and its budget cannot be kept for them.';

interface Spending {
	deps: Pick<EngineDeps, 'models'>;
	run: ActiveRun;
	signal: AbortSignal;
}

/**
 * Takes one turn within the run's budget: what an attempt may need is set aside before it, and what it
 * took counts after, whether it came to something or not. Built-in models take nothing.
 * @param before what the turn before this one took; null for the first
 * @throws what `askTurn` throws; StepFailure `token_budget`, `cost_budget`
 */
export async function askWithinBudget(
	{ deps, run, signal }: Spending,
	asking: TurnDeps,
	turn: number,
	messages: Message[],
	before: Usage | null
): ReturnType<typeof askTurn> {
	const { budget } = run;
	if (budget === null) return askTurn(asking, turn, messages, signal);
	const { agent, tools } = asking;
	const model = run.models.get(agent.id) ?? '';
	if (isFree(model)) {
		requireBudget(run, agent.id);
		return askTurn(asking, turn, messages, signal);
	}
	const prompt = promptTokens({ agent, messages, tools }, before);
	const call = { agentId: agent.id, prompt, price: deps.models.priced(model) };
	const held: { now: Reservation | null } = { now: null };
	const within: TurnDeps = {
		...asking,
		async bound() {
			held.now = await budget.reserve(call, signal).catch((error: unknown) => halt(run, error));
			return held.now.maxOutputTokens;
		},
		failed(usage) {
			held.now?.settle(usage);
			asking.failed(usage);
		}
	};
	try {
		const asked = await askTurn(within, turn, messages, signal);
		held.now?.settle(asked.record.usage);
		return asked;
	} catch (error) {
		held.now?.settle(null);
		const bound = held.now?.maxOutputTokens ?? Infinity;
		if (error instanceof ModelError && error.code === 'model_output_limit' && bound < SHORT_ANSWER)
			return halt(run, budget.cutOff(call, bound));
		throw error;
	}
}

/**
 * Whether the agent may still do something: for its next tool call.
 * @throws StepFailure when the run's budget is used up
 */
export function requireBudget(run: ActiveRun, agentId: string): void {
	const { budget } = run;
	if (budget === null || (isFree(run.models.get(agentId) ?? '') && budget.over === null)) return;
	try {
		budget.requireLeft();
	} catch (error) {
		halt(run, error);
	}
}

/**
 * Looks at what the run has spent; the answer says what there is to say of what was written since. Both
 * in one write unit, so that it is said once, whatever happens.
 * @param taken by the turn that is written, if one is
 */
export function watchBudget(
	run: ActiveRun,
	steps: StepStore,
	agentId: string,
	taken: Usage | null = null
): () => NewRunEvent[] {
	const { budget } = run;
	if (budget === null) return () => [];
	const before = steps.spent(run.id);
	return () => [
		...budget.warnings(before, steps.spent(run.id)),
		...(taken ? uncounted(run, steps, agentId, taken) : [])
	];
}

/** Said once in a run: what nobody counts cannot be held to a limit. */
function uncounted(
	run: ActiveRun,
	steps: StepStore,
	agentId: string,
	{ input_tokens, output_tokens, cost_usd }: Usage
): NewRunEvent[] {
	const model = run.models.get(agentId) ?? '';
	const isCounted = input_tokens + output_tokens > 0;
	const costs = run.workflow.max_cost_usd !== undefined;
	if (isFree(model) || (isCounted && !(costs && cost_usd === null))) return [];
	if (steps.hasSaid(run.id, UNCOUNTED)) return [];
	return [{ type: 'log', agent_id: agentId, data: { level: 'warn', message: UNCOUNTED } }];
}

/** Nothing new starts in a run whose budget is over. */
function halt(run: ActiveRun, error: unknown): never {
	if (error instanceof StepFailure && run.budget?.over) run.halt ??= run.budget.over;
	throw error;
}

/** Built-in models are no language models: they use no tokens. */
function isFree(model: string): boolean {
	return model.startsWith('builtin:');
}
