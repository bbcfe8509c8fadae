import type { RequestEvent } from '@sveltejs/kit';
import { plural } from '$lib/client/format';
import { done } from '$lib/components/console/answer';
import { DomainError } from '$lib/domain/errors';
import { receiveFiles } from '$lib/server/library/upload';
import { clientOf } from '$lib/server/platform/http/api';
import { services } from '$lib/server/services';
import { refusal } from './form';

const NAME = 'upload';

/** Streams the files of the form into the library; what was refused is said beside what was kept. */
export async function upload(event: RequestEvent) {
	try {
		const { library } = services();
		const client = clientOf(event.locals);
		const { files, refused, firstRefusal } = await receiveFiles(library, client.id, event, null);
		const problems = refused.map(({ name, message }) => `${name}: ${message}`);
		if (firstRefusal && files.length === 0)
			return refusal(NAME, { ...firstRefusal, message: problems.join('\n'), details: refused });
		const names = files.map((file) => `“${file.name}”`).join(', ');
		const message = `Added ${plural(files.length, 'file')} to the Library: ${names}.`;
		return { ...done(message, { problems }), action: NAME, files, refused };
	} catch (error) {
		if (error instanceof DomainError) return refusal(NAME, error);
		throw error;
	}
}
