import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { fenced } from '../fenced';
import { readArguments, type Draft } from './calls';

/** Calls whose arguments are not JSON, and why. */
export function brokenCalls(drafts: Draft[]): { draft: Draft; problem: string }[] {
	return drafts.flatMap((draft) => {
		const read = readArguments(draft.arguments);
		return 'problem' in read ? [{ draft, problem: read.problem }] : [];
	});
}

/** Asks for these calls once more, showing what was wrong. */
export function askAgain(
	text: string,
	broken: { draft: Draft; problem: string }[]
): ChatCompletionMessageParam[] {
	const names = broken.map(({ draft }) => draft.name).join(', ');
	const shown = broken.map(
		({ draft, problem }) => `${draft.name}: ${problem}\n${fenced('arguments', '', draft.arguments)}`
	);
	return [
		{ role: 'assistant', content: text || `I call ${names}.` },
		{
			role: 'user',
			content: [
				'These arguments of your calls are not valid JSON:',
				...shown,
				'Make the same calls once more, with valid JSON as arguments, and nothing else.'
			].join('\n\n')
		}
	];
}

/** Gives each broken call the arguments of the same call in the second answer, where those are better. */
export function mend(broken: { draft: Draft }[], second: Draft[]): void {
	const left = second.filter((one) => 'value' in readArguments(one.arguments));
	for (const { draft } of broken) {
		const at = left.findIndex(({ name }) => name === draft.name);
		const [found] = at < 0 ? [] : left.splice(at, 1);
		if (found) draft.arguments = found.arguments;
	}
}
