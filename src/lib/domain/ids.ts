import { notFound } from './errors';

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Names a run in addresses and folders; made by the server, a lower-case UUID. */
export type RunId = Brand<string, 'RunId'>;
/** Names a client's folders; public, grants nothing. A lower-case UUID, or `public`. */
export type ClientId = Brand<string, 'ClientId'>;
/** Names an agent within its workflow. */
export type AgentId = Brand<string, 'AgentId'>;

/** Owns the shared shelf and legacy artifacts; has no key, so nobody can be it. */
export const PUBLIC_CLIENT = 'public' as ClientId;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const AGENT_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

export const AGENT_ID_RULE =
	'letters, digits, "-" and "_", at most 64, beginning with a letter or digit';

export function isRunId(raw: string): raw is RunId {
	return UUID.test(raw);
}

export function isClientId(raw: string): raw is ClientId {
	return raw === PUBLIC_CLIENT || UUID.test(raw);
}

export function isAgentId(raw: string): raw is AgentId {
	return AGENT_ID.test(raw);
}

/** @throws DomainError `not_found`: an id of the wrong shape names nothing. */
export function parseRunId(raw: string): RunId {
	if (isRunId(raw)) return raw;
	throw notFound();
}

/** The part of a run id that people see. */
export function shortId(id: string): string {
	return id.slice(0, 8);
}
