import { getContext, setContext } from 'svelte';
import { otherTheme, type Theme } from '$lib/domain/theme';

/**
 * The theme of the page on screen. The server writes it into `<html data-theme>`; a change shows at
 * once, and the form action `theme` remembers it.
 */
export class ThemeState {
	current: Theme;

	constructor(initial: Theme) {
		this.current = $state(initial);
	}

	get other(): Theme {
		return otherTheme(this.current);
	}

	show(theme: Theme): void {
		this.current = theme;
		document.documentElement.dataset.theme = theme;
	}
}

const KEY = Symbol('theme');

export function provideTheme(initial: Theme): ThemeState {
	return setContext(KEY, new ThemeState(initial));
}

/** The page's theme; the root layout provides it. */
export function useTheme(): ThemeState {
	return getContext<ThemeState>(KEY);
}
