export const THEMES = ['archival', 'phosphor'] as const;
/** How the screen looks: Archival is warm and light, Phosphor is dark. */
export type Theme = (typeof THEMES)[number];

export const DEFAULT_THEME: Theme = 'archival';
export const THEME_NAMES: Record<Theme, string> = { archival: 'Archival', phosphor: 'Phosphor' };

export function isTheme(raw: unknown): raw is Theme {
	return (THEMES as readonly unknown[]).includes(raw);
}

/** The one to switch to. */
export function otherTheme(theme: Theme): Theme {
	return theme === 'archival' ? 'phosphor' : 'archival';
}
