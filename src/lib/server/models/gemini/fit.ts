import type { Content, Part } from '@google/genai';

/** Gemini takes requests of 20 MiB; text needs some of it. In characters of base64. */
const MAX_INLINE = 19_500_000;
const NOTE =
	'What was shown here takes too much room to be shown again; read the file again if you need it.';

/**
 * Takes the oldest images and documents out of a history that holds too much of them, and says so in
 * their place, so that a long step does not end because it has looked at many files.
 */
export function fitMedia(contents: readonly Content[], maxInline = MAX_INLINE): Content[] {
	let left = maxInline;
	const fits = ({ inlineData }: { inlineData?: { data?: string } }): boolean => {
		if (!inlineData) return true;
		left -= inlineData.data?.length ?? 0;
		return left >= 0;
	};
	const fitPart = (part: Part): Part => {
		const { functionResponse } = part;
		if (!functionResponse?.parts) return fits(part) ? part : { text: NOTE };
		const { parts, ...answer } = functionResponse;
		const kept = parts.filter(fits);
		if (kept.length === parts.length) return part;
		const response = { ...answer.response, note: NOTE };
		return {
			functionResponse: { ...answer, response, ...(kept.length > 0 ? { parts: kept } : {}) }
		};
	};
	return contents
		.toReversed()
		.map((content) => {
			if (content.role === 'model') return content;
			return { ...content, parts: content.parts?.toReversed().map(fitPart).toReversed() ?? [] };
		})
		.toReversed();
}
