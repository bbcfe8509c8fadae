import { and, asc, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import { topologicalOrder } from '../../domain/graph';
import type { RunId } from '../../domain/ids';
import type { LiveGraph, Spliced } from '../../domain/splice';
import { agentSchema, workflowSchema, type Agent } from '../../domain/workflow';
import type { Db } from '../db/client';
import { runs, steps } from '../db/schema';
import { toStepStatus } from '../runs/rows';

const agentsSchema = z.array(agentSchema);

/** The agents of a run as they are now, in topological order. */
export function liveAgents(row: { agents: unknown; config: unknown }): Agent[] {
	return topologicalOrder(
		row.agents === null ? workflowSchema.parse(row.config).agents : agentsSchema.parse(row.agents)
	);
}

/** Statements on the graph of a run that goes on. What changes rows belongs inside a write unit. */
export function createGraphStore({ q, raw }: Db) {
	const delegated = raw
		.prepare<[string], number | null>(
			`select sum(json_array_length(data, '$.added')) from run_events
			where run_id = ? and type = 'graph_changed'`
		)
		.pluck();
	// The epoch is one that no step of this name has had: a task of an earlier one claims nothing.
	const insert = raw.prepare<
		[{ run: string; agent: string; model: string; by: string; depth: number }]
	>(
		`insert into steps (run_id, agent_id, position, status, model, delegated_by, depth, epoch)
		values (@run, @agent, 0, 'waiting', @model, @by, @depth,
			(select last_event from runs where id = @run))`
	);
	const place = raw.prepare<[position: number, run: string, agent: string]>(
		'update steps set position = ? where run_id = ? and agent_id = ?'
	);

	return {
		/** @throws Error when the run is gone. */
		read(id: RunId): LiveGraph & { models: Map<string, string> } {
			const row = q
				.select({ agents: runs.agents, config: runs.config })
				.from(runs)
				.where(eq(runs.id, id))
				.get();
			if (!row) throw new Error(`The run ${id} is gone.`);
			const rows = q
				.select()
				.from(steps)
				.where(eq(steps.runId, id))
				.orderBy(asc(steps.position))
				.all();
			return {
				agents: liveAgents(row),
				standing: new Map(
					rows.map(({ agentId, status, attempt, depth }) => [
						agentId,
						{ status: toStepStatus(status), attempt, depth }
					])
				),
				models: new Map(rows.map(({ agentId, model }) => [agentId, model])),
				delegated: delegated.get(id) ?? 0
			};
		},
		/** Rows of new agents, none of those taken out, and everything in topological order. */
		write(id: RunId, by: string, spliced: Spliced, models: ReadonlyMap<string, string>): void {
			const { agents, added, removed, depth } = spliced;
			q.update(runs).set({ agents }).where(eq(runs.id, id)).run();
			if (removed.length > 0)
				q.delete(steps)
					.where(and(eq(steps.runId, id), inArray(steps.agentId, removed)))
					.run();
			for (const agent of added)
				insert.run({ run: id, agent: agent.id, model: models.get(agent.id) ?? '', by, depth });
			agents.forEach((agent, position) => place.run(position, id, agent.id));
		}
	};
}
