import type { NewRunEvent } from '../../domain/run-event';
import { ModelError, type Message, type Usage } from '../models/model';
import type { ActiveRun } from './active-run';
import type { EngineDeps } from './deps';
import { StepFailure } from './interrupt';
import { askTurn, type TurnDeps } from './model-turn';
import { promptTokens } from './prompt-size';
import type { StepStore } from './step-store';

/** Below this, an answer that reached its bound was cut off by the budget and not by the model. */
const SHORT_ANSWER = 4096;

interface Spending {
	deps: Pick<EngineDeps, 'models'>;
	run: ActiveRun;
	signal: AbortSignal;
}

/**
 * Takes one turn within the run's budget: what it may need is set aside before, and what it took counts
 * after. Built-in models take nothing.
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
	const reserved = await budget.reserve(call, signal).catch((error: unknown) => halt(run, error));
	let usage: Usage | null = null;
	try {
		const { maxOutputTokens } = reserved;
		const asked = await askTurn({ ...asking, maxOutputTokens }, turn, messages, signal);
		({ usage } = asked.record);
		return asked;
	} catch (error) {
		const bound = reserved.maxOutputTokens ?? Infinity;
		if (error instanceof ModelError && error.code === 'model_output_limit' && bound < SHORT_ANSWER)
			return halt(run, budget.cutOff(call, bound));
		throw error;
	} finally {
		reserved.settle(usage);
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
 */
export function watchBudget(run: ActiveRun, steps: StepStore): () => NewRunEvent[] {
	const { budget } = run;
	if (budget === null) return () => [];
	const before = steps.spent(run.id);
	return () => budget.warnings(before, steps.spent(run.id));
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
