export type Deliverable = 'profile' | 'charts' | 'quality' | 'report';

const NAMED: [Deliverable, RegExp][] = [
	['profile', /\bprofile\.json\b|\bsummary\.csv\b/i],
	['charts', /\bcharts?\/|\bchart-[\w<*]|\.png\b|\bas png\b/i],
	['quality', /\bquality\.(md|json)\b/i],
	['report', /\breport\.md\b/i]
];
const READING =
	/\b(read|reads|reading|load|open|embed|embeds|link|links|see|use|uses|using|from|based on|look at)\b/i;

/**
 * Which files a prompt asks to be written. A file that is only to be read, linked or embedded does not
 * count. A prompt that names none asks for everything.
 */
export function deliverablesOf(prompt: string): Deliverable[] {
	const sentences = prompt.replace(/!?\[[^\]]*\]\([^)]*\)/g, ' ').split(/(?<=[.!?:;])\s+|\n+/);
	const wanted = NAMED.filter(([, pattern]) =>
		sentences.some((sentence) => {
			const at = sentence.search(pattern);
			return at >= 0 && !READING.test(sentence.slice(0, at));
		})
	).map(([deliverable]) => deliverable);
	return wanted.length > 0 ? wanted : NAMED.map(([deliverable]) => deliverable);
}
