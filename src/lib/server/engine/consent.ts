import type { ApprovalRequest } from '../../domain/run-event';
import type { Agent } from '../../domain/workflow';
import type { ToolCall } from '../models/model';
import type { SessionFiles, ToolOutcome } from '../tools/tool';
import type { ActiveRun } from './active-run';
import type { Answered, ApprovalStore, Place } from './approval-store';
import type { EngineDeps } from './deps';
import { StepFailure } from './interrupt';
import type { Claim } from './step-store';
import { refused, resolveCall } from './tool-call';

export interface ConsentDeps {
	deps: Pick<EngineDeps, 'db' | 'events' | 'sessions' | 'tools' | 'sandbox'>;
	approvals: ApprovalStore;
	run: ActiveRun;
	agent: Agent;
	claim: Claim;
	signal: AbortSignal;
	/** How long the step has worked so far, in milliseconds, waiting not counted. */
	workedMs(): number;
	/** Gives the step's place to the next one. */
	free(): void;
}

/** The step waits for a person: whoever works on it lets go. */
export const WAITS = 'waits';

/** Asks a person, once for each thing that needs it; what they said is read from then on. */
export interface Consent {
	toBegin(): Promise<Answered | typeof WAITS>;
	/** Null: this call needs nobody's consent, or cannot be run anyway. */
	toCall(place: Place, call: ToolCall): Promise<Answered | typeof WAITS | null>;
}

export function needsConsent(agent: Agent): boolean {
	return agent.requires_approval || (agent.tools_requiring_approval ?? []).length > 0;
}

/** For a claimed step whose agent `needsConsent`. */
export function createConsent(bound: ConsentDeps): Consent {
	const { deps, approvals, run, agent, claim, signal, workedMs, free } = bound;
	const { answers } = approvals.decided(claim);

	async function ask(
		place: Place,
		what: Omit<ApprovalRequest, 'turn' | 'files'>
	): Promise<Answered | typeof WAITS> {
		const answer = answers.get(`${place.turn}:${place.position}`);
		if (answer) return answer;
		const files = (await deps.sessions.files(run.id).list()).map(({ name }) => name);
		const request = { turn: place.turn, ...what, files };
		await deps.db.write(() => {
			// What was asked to stop meanwhile must not begin to wait: nobody would end it.
			signal.throwIfAborted();
			if (run.halt) throw new StepFailure(run.halt.code, run.halt.message);
			approvals.park(claim, place.position, request, workedMs());
			approvals.showWaiting(run.id, true);
			deps.events.append(run.id, [
				{ type: 'approval_requested', agent_id: agent.id, data: request }
			]);
			free();
		});
		return WAITS;
	}

	/** Sandboxes on this machine never reach the internet, whatever the workflow says. */
	function mayReach({ name }: ToolCall): string {
		const reaches = run.workflow.allow_internet === true && deps.sandbox.kind === 'e2b';
		return reaches && name.startsWith('execute_') ? ', whose code may reach the internet' : '';
	}

	return {
		toBegin: () =>
			ask(
				{ turn: 0, position: 0 },
				{
					// What the person agrees to has to be in the log: a workflow may be gone or changed later.
					arguments: {
						prompt: agent.prompt,
						...(agent.user_directive === undefined ? {} : { user_directive: agent.user_directive })
					},
					reason: `A person has to agree before the agent "${agent.id}" begins.`
				}
			),
		async toCall(place, call) {
			if (!agent.tools_requiring_approval?.includes(call.name)) return null;
			if ('problem' in resolveCall(deps.tools, agent, call)) return null;
			return ask(place, {
				call_id: call.id,
				tool: call.name,
				arguments: call.arguments,
				reason: `A person has to agree before the agent "${agent.id}" calls "${call.name}"${mayReach(call)}.`
			});
		}
	};
}

/** What the model reads of a call that was refused. */
export function refusedCall({ note }: Pick<Answered, 'note'>): ToolOutcome {
	return refused(`A person refused this call.${note === null ? '' : ` Note: ${note}`}`);
}

/** The session as the person was shown it: files that came since are not there. */
export function asShown(session: SessionFiles, names: readonly string[]): SessionFiles {
	const shown = new Set(names);
	return {
		list: async () => (await session.list()).filter(({ name }) => shown.has(name)),
		async find(name) {
			const file = await session.find(name);
			return file && shown.has(file.name) ? file : null;
		},
		read: (file, maxBytes) => session.read(file, maxBytes)
	};
}
