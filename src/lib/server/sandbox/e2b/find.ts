import type { SandboxInfo } from 'e2b';
import type { Client } from './client';

export interface Labels {
	/** Which Raro: two of them on one key leave each other's sandboxes alone. */
	instance: string;
	run?: string;
	/** Names one attempt to make a sandbox. */
	made?: string;
}

/** What every sandbox of Raro is labelled with. */
export function labelled(labels: Labels): Record<string, string> {
	return { app: 'raro', ...labels };
}

/** The running sandboxes with these labels. */
export async function findSandboxes(client: Client, labels: Labels): Promise<SandboxInfo[]> {
	const metadata = labelled(labels);
	const pages = client.Sandbox.list({ query: { metadata, state: ['running'] } });
	const found: SandboxInfo[] = [];
	while (pages.hasNext) found.push(...(await pages.nextItems()));
	// The filter is the service's; what is killed because of it is looked at twice.
	return found.filter((info) =>
		Object.entries(metadata).every(([name, value]) => info.metadata[name] === value)
	);
}
