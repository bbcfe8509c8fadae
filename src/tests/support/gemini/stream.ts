import type { ServerResponse } from 'node:http';
import type { Fault, GoogleError } from './failure';
import type { Chunk, Reply } from './reply';

const event = (data: unknown) => `data: ${JSON.stringify(data)}\r\n\r\n`;

/** Errors of the streaming address are JSON that is labelled as a stream. */
export function sendError(response: ServerResponse, error: GoogleError): void {
	response.writeHead(error.code, { 'content-type': 'text/event-stream' });
	response.end(JSON.stringify({ error }, null, 2));
}

/** Streams the chunks, as far as the fault lets it. */
export async function sendChunks(
	response: ServerResponse,
	chunks: Chunk[],
	fault: Fault | null,
	{ splitBytes, before }: Pick<Reply, 'splitBytes' | 'before'> = {}
): Promise<void> {
	const after = fault?.after ?? (fault && 'cut' in fault ? 1 : Infinity);
	if (fault && 'cut' in fault && after === 'nothing') {
		if (fault.cut !== 'stall') response.socket?.resetAndDestroy();
		return;
	}
	if (fault && 'error' in fault && fault.after === undefined) {
		sendError(response, fault.error);
		return;
	}
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	response.flushHeaders();
	const sent = chunks.slice(0, after === 'nothing' ? 0 : after);
	for (const [index, chunk] of sent.entries()) {
		await before?.(index);
		await write(response, event(chunk), splitBytes);
	}
	if (fault) await breakOff(response, fault);
	else response.end();
}

async function breakOff(response: ServerResponse, fault: Fault): Promise<void> {
	if ('error' in fault) {
		await write(response, event({ error: fault.error }));
		response.end();
	} else if (fault.cut === 'reset') response.socket?.resetAndDestroy();
	else if (fault.cut === 'half') response.end('data: {"candidates": [{"content": {"parts": [{"te');
	else if (fault.cut === 'close') response.end();
}

/** Each piece is on its way before the next is written. */
async function write(response: ServerResponse, text: string, splitBytes?: number): Promise<void> {
	const bytes = Buffer.from(text);
	const size = splitBytes ?? bytes.length;
	for (let at = 0; at < bytes.length && !response.destroyed; at += size)
		await new Promise<void>((resolve) => {
			response.write(bytes.subarray(at, at + size), () => resolve());
		});
}
