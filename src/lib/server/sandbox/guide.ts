import type { Language } from './sandbox';

export function guideFor(language: Language): string {
	return language;
}
