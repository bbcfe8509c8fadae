import { remember, remembered } from './remembered';

/** Over the page: the palette, the list of shortcuts, or nothing. */
export type Overlay = 'palette' | 'shortcuts' | null;

const RECENT_KEY = 'raro.palette.recent';
const SHORTCUTS_KEY = 'raro.shortcuts';
const RECENT = 6;

let overlay: Overlay = $state(null);
let ahead = '';
let singleKeys = $state(true);

export function shownOverlay(): Overlay {
	return overlay;
}

export function showOverlay(next: Overlay): void {
	overlay = next;
	ahead = '';
}

/** Keeps what is typed while the palette is still on its way. */
export function typeAhead(character: string): void {
	ahead += character;
}

/** What the palette begins with; once. */
export function takeTypedAhead(): string {
	const typed = ahead;
	ahead = '';
	return typed;
}

/** Whether shortcuts of plain characters work here; chords always do. */
export function singleKeysOn(): boolean {
	return singleKeys;
}

/** Switches them, for this browser. */
export function switchSingleKeys(on: boolean): void {
	singleKeys = on;
	remember(SHORTCUTS_KEY, on ? 'on' : 'off');
}

/** Reads what this browser remembers. Only in the browser. */
export function restoreSingleKeys(): void {
	singleKeys = remembered(SHORTCUTS_KEY) !== 'off';
}

/** Ids of the actions that were used last, newest first. */
export function recentActions(): string[] {
	try {
		const ids: unknown = JSON.parse(remembered(RECENT_KEY) ?? '[]');
		return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string').slice(0, RECENT) : [];
	} catch {
		return [];
	}
}

export function rememberAction(id: string): void {
	const ids = [id, ...recentActions().filter((other) => other !== id)];
	remember(RECENT_KEY, JSON.stringify(ids.slice(0, RECENT)));
}
