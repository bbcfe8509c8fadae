import { version } from '../../../package.json';
import { json } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';
import type { RequestHandler } from './$types';

/** Liveness and readiness, without anything of any client. */
export const GET: RequestHandler = async () => {
	const { storageHealth, sandbox, models } = services();
	const storage = await storageHealth();
	const described = sandbox.describe();
	const ok = storage.writable && described.kind !== 'off';
	return json({
		status: ok ? 'ok' : 'degraded',
		version,
		storage,
		sandbox: described,
		models: models.describe()
	});
};
