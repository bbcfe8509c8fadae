import type { ClientId, RunId } from '../../domain/ids';
import type { Decision, RerunRequest, StartRequest } from '../../domain/workflow';

/** What others may ask of the engine. */
export interface Engine {
	/**
	 * Checks the request, stores the run and prepares its session; the run begins by itself.
	 * @throws DomainError `invalid` naming every culprit; nothing was created then.
	 */
	start(client: ClientId, request: StartRequest): Promise<RunId>;
	/** The run ends `cancelled`. @throws DomainError `not_found`, or `conflict` when it is over. */
	stop(client: ClientId, run: RunId): Promise<void>;
	/**
	 * Retries what failed, was skipped or was cancelled; what is completed stays as it is. With an agent:
	 * does that one's step again, completed or not, and all that depend on it, and nothing else.
	 * @throws DomainError `not_found`, `conflict` when there is nothing to retry, `gone`; `invalid` when
	 * there is no such agent
	 */
	resume(client: ClientId, run: RunId, agentId?: string): Promise<void>;
	/**
	 * A person's answer to what an agent of the run waits for.
	 * @throws DomainError `not_found`; `invalid` for an unknown agent; `conflict` when it waits for no answer
	 */
	approve(client: ClientId, run: RunId, decision: Decision): Promise<void>;
	/**
	 * Starts an ended run again with what is to be different. Steps that would only repeat what was done
	 * there are taken over from it.
	 * @throws DomainError `not_found`, `conflict` while the run is active, `gone`; as `start`
	 */
	rerun(client: ClientId, run: RunId, request: RerunRequest): Promise<RunId>;
	/** Stops every run of the client and resolves when all are over. */
	stopAll(client: ClientId): Promise<void>;
	/** Goes on with every run that was active when the server went down. */
	open(): Promise<void>;
	/** Lets go of everything; what was going on continues after the next `open`. */
	close(): Promise<void>;
}
