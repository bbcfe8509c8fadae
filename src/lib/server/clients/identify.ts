import { DomainError } from '../../domain/errors';
import { MalformedRequest } from '../platform/http/malformed';
import { isClientKey, type Client, type Clients } from './clients';

export const KEY_HEADER = 'x-raro-client-id';

/** Who asks, as far as cookie and header tell. */
export type Identity =
	| { kind: 'none' }
	/** There is a cookie, and it is not (or no longer) a client's. */
	| { kind: 'unknown' }
	| { kind: 'client'; client: Client };

/**
 * A script's header or a browser's cookie.
 * @throws DomainError `unauthorized` for a header that is no client's key, `invalid` for a header and a
 * cookie that differ (answered as 400).
 */
export function identify(
	clients: Pick<Clients, 'findByKey'>,
	credentials: { header: string | null; cookie: string | undefined }
): Identity {
	const { header, cookie } = credentials;
	if (header !== null && cookie !== undefined && header !== cookie)
		throw new MalformedRequest(
			'The X-RARO-CLIENT-ID header and the raro_session_id cookie name different clients. Send one of them.'
		);
	if (header !== null) {
		const client = isClientKey(header) ? clients.findByKey(header) : null;
		if (client) return { kind: 'client', client };
		throw new DomainError(
			'unauthorized',
			header === ''
				? 'The X-RARO-CLIENT-ID header is empty. Send a client key; POST /runtime/clients makes one.'
				: 'The X-RARO-CLIENT-ID header is not the key of a client of this server.'
		);
	}
	if (cookie === undefined) return { kind: 'none' };
	const client = clients.findByKey(cookie);
	return client ? { kind: 'client', client } : { kind: 'unknown' };
}
