import { byteSize } from '../../domain/byte-size';
import { previewKindOf } from '../../domain/media-type';
import type { Agent } from '../../domain/workflow';
import type { Attachment, Brief, Message, Model } from '../models/model';
import { isSeenType, MAX_SEEN_BYTES, seenTypeOf } from '../tools/seen';
import { decodeText } from '../tools/text';
import type { SessionFile } from '../tools/tool';
import type { ActiveRun } from './active-run';
import { briefText } from './brief';
import type { Sessions } from './ports';

/** Images and documents of one request together; services take requests of 20 MiB, in base64. */
const MAX_INLINE_BYTES = 15_000_000;
/** The beginning of a text file, and of all of them together. */
const MAX_TEXT_BYTES = 8 * 1024;
const MAX_TEXTS_BYTES = 32 * 1024;

type Sees = NonNullable<Model['looksAt']>;

/**
 * A step's first message: its brief and, for an agent that accepts the directive, the files that the
 * person has attached, as far as its model looks at such. Attached files never change, so that a step
 * that begins again is given the same. What did not fit is said in the text.
 */
export async function firstMessage(
	run: Pick<ActiveRun, 'id' | 'attachments'>,
	agent: Pick<Agent, 'accepts_directive'>,
	brief: Brief,
	looksAt: Model['looksAt'],
	sessions: Pick<Sessions, 'attached' | 'files'>
): Promise<Message> {
	const text = briefText(brief);
	if (!looksAt || !agent.accepts_directive) return { role: 'user', text, brief };
	const { attachments, leftOut } = await gather(run, looksAt, sessions);
	const missing =
		leftOut.length === 0
			? ''
			: `\n\nNot beside this message, because it would be too much: ${leftOut.join(', ')}. Use tools to look at them.`;
	return {
		role: 'user',
		text: text + missing,
		brief,
		...(attachments.length > 0 ? { attachments } : {})
	};
}

async function gather(
	run: Pick<ActiveRun, 'id' | 'attachments'>,
	looksAt: Sees,
	sessions: Pick<Sessions, 'attached' | 'files'>
): Promise<{ attachments: Attachment[]; leftOut: string[] }> {
	const attachments: Attachment[] = [];
	const leftOut: string[] = [];
	const left = { inline: MAX_INLINE_BYTES, text: MAX_TEXTS_BYTES };
	const { read } = sessions.files(run.id);
	for (const name of run.attachments) {
		const file = await sessions.attached(run.id, name);
		const kind = file && kindOf(file, looksAt);
		if (!file || !kind) continue;
		const room =
			kind === 'inline'
				? Math.min(left.inline, MAX_SEEN_BYTES)
				: Math.min(left.text, MAX_TEXT_BYTES);
		if (room === 0 || (kind === 'inline' && file.sizeBytes > room)) {
			leftOut.push(`${JSON.stringify(name)} (${byteSize(file.sizeBytes)})`);
			continue;
		}
		const bytes = await read(file, room);
		const attachment = kind === 'inline' ? asSeen(file, bytes, looksAt) : asText(file, bytes);
		if (!attachment) continue;
		left[kind] -= bytes.byteLength;
		attachments.push(attachment);
	}
	return { attachments, leftOut };
}

/** Null for what this model is not shown: then the file list alone names it. */
function kindOf({ contentType, sizeBytes }: SessionFile, looksAt: Sees): 'inline' | 'text' | null {
	if (sizeBytes === 0) return null;
	if (isSeenType(contentType)) return sees(contentType, looksAt) ? 'inline' : null;
	const isText = !['image', 'pdf', 'none'].includes(previewKindOf(contentType));
	return isText && looksAt.text ? 'text' : null;
}

const sees = (type: string, looksAt: Sees): boolean =>
	type === 'application/pdf' ? looksAt.pdfs : looksAt.images;

function asSeen({ name }: SessionFile, bytes: Uint8Array, looksAt: Sees): Attachment | null {
	const mimeType = seenTypeOf(bytes);
	if (mimeType === null || !sees(mimeType, looksAt)) return null;
	return { name, mimeType, base64: Buffer.from(bytes).toString('base64') };
}

function asText(file: SessionFile, bytes: Uint8Array): Attachment | null {
	const truncated = bytes.byteLength < file.sizeBytes;
	const text = decodeText(bytes, truncated);
	return text && { name: file.name, mimeType: file.contentType, text: text.content, truncated };
}
