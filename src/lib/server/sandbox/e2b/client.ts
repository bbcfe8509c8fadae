import type * as Sdk from 'e2b';

export interface ClientOptions {
	apiKey: string;
	/** Where sandboxes are made; E2B's own service when absent. */
	apiUrl?: string | undefined;
	/** Where sandboxes are reached; found by their domain when absent. */
	sandboxUrl?: string | undefined;
}

/** The SDK, and its sandboxes bound to one key and one address. */
export interface Client {
	readonly sdk: typeof Sdk;
	readonly Sandbox: InstanceType<typeof Sdk.E2B>['Sandbox'];
}

const DOMAIN = 'e2b.app';

/**
 * Loads the SDK at the first use: it takes 200 ms. Everything is said explicitly, because the SDK fills
 * in what is missing from variables of the environment such as E2B_DOMAIN and E2B_DEBUG.
 */
export function createClient({ apiKey, apiUrl, sandboxUrl }: ClientOptions): () => Promise<Client> {
	let loading: Promise<Client> | null = null;
	return () => {
		loading ??= import('e2b').then((sdk) => ({
			sdk,
			Sandbox: new sdk.E2B({
				apiKey,
				apiUrl: apiUrl ?? `https://api.${DOMAIN}`,
				...(sandboxUrl === undefined ? {} : { sandboxUrl }),
				domain: DOMAIN,
				debug: false,
				requestTimeoutMs: 30_000
			}).Sandbox
		}));
		return loading;
	};
}
