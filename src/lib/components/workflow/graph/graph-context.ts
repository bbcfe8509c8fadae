import { getContext, setContext } from 'svelte';
import type { Detail } from '$lib/client/node-facts';
import type { Flow } from '$lib/client/flow';
import type { Route } from '$lib/client/graph-route';
import type { StepView } from '$lib/domain/run-event';

/**
 * What the agents and lines of one graph read while they are drawn. Everything is a function, so that
 * a change redraws only what shows it, and never the graph.
 */
export interface GraphContext {
	stepOf(id: string): StepView | undefined;
	flowOf(id: string): Flow | undefined;
	routeOf(id: string): Route | undefined;
	/** What an agent got from those it waited for, in words. */
	receivedOf(id: string): string;
	/** How much of an agent can be read at the present zoom. */
	detail(): Detail;
	isSelected(id: string): boolean;
	/** Null where an agent cannot be chosen. */
	choose: ((id: string) => void) | null;
}

export type { Detail };

const KEY = Symbol('graph');

export function provideGraph(context: GraphContext): void {
	setContext(KEY, context);
}

/** Only below a component that called `provideGraph`. */
export function useGraph(): GraphContext {
	return getContext<GraphContext>(KEY);
}
