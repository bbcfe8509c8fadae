import { DomainError } from '../../../domain/errors';
import type { BodySource } from './body';

/**
 * Does long `work` for somebody who waits for the answer: its signal is aborted when they close the
 * connection. The framework's own signal says nothing any more once the body was read.
 */
export async function whileConnected<T>(
	{ request, platform }: BodySource,
	work: (signal: AbortSignal) => Promise<T>
): Promise<T> {
	const socket = platform?.req.socket;
	if (!socket) return work(request.signal);
	const gone = new AbortController();
	const abort = () => gone.abort(new DomainError('unavailable', 'The connection was closed.'));
	if (socket.destroyed) abort();
	socket.once('close', abort);
	try {
		return await work(gone.signal);
	} finally {
		socket.off('close', abort);
	}
}
