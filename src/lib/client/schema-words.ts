import type { z } from 'zod';

type Issue = z.core.$ZodRawIssue;

const KINDS: Record<string, string> = {
	string: 'a text',
	number: 'a number',
	int: 'a whole number',
	boolean: 'true or false',
	array: 'a list',
	object: 'an object'
};

/**
 * What is wrong with a value, for people; for a schema to be parsed with. What a schema says by itself
 * comes first, and what has no words here keeps the library's.
 */
export function plainWords(issue: Issue): string | undefined {
	switch (issue.code) {
		case 'invalid_type':
			if (issue.input === undefined) return 'It is missing.';
			return KINDS[issue.expected] && `It has to be ${KINDS[issue.expected]}.`;
		case 'too_small':
			if (issue.origin === 'string') return 'It must not be empty.';
			if (issue.origin === 'array') return `It needs at least ${issue.minimum}.`;
			return `It has to be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}.`;
		case 'too_big':
			if (issue.origin === 'string') return `It can have at most ${issue.maximum} characters.`;
			if (issue.origin === 'array') return `It can have at most ${issue.maximum}.`;
			return `It can be at most ${issue.maximum}.`;
		case 'invalid_value':
			return `It has to be ${listOf(issue.values.map((value) => JSON.stringify(value)))}.`;
		case 'unrecognized_keys':
			return `There is no field ${listOf(issue.keys.map((key) => JSON.stringify(key)))} here.`;
		default:
			return undefined;
	}
}

const listOf = (words: string[]): string =>
	words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
