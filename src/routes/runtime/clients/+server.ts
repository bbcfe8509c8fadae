import { rememberKey } from '$lib/server/clients/key-cookie';
import { requirePass } from '$lib/server/clients/rate-limit';
import { handle, json } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';

/** A new client; its key is told only here. */
export const POST = handle(async ({ cookies, getClientAddress, url }) => {
	const { clients, newClientLimit } = services();
	requirePass(newClientLimit(getClientAddress()));
	const { client, key } = await clients.create();
	rememberKey(cookies, key, url);
	return json({ client_id: client.id, client_key: key }, { status: 201 });
});
