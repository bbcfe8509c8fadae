import type { RunStatus } from '$lib/domain/run';

/** What the icon of the tab tells from afar: a shape as well as a colour. */
const SIGNS: Record<RunStatus, string> = {
	queued: '<circle cx="16" cy="16" r="8" fill="none" stroke="#98a49d" stroke-width="4"/>',
	running: '<circle cx="16" cy="16" r="9" fill="#ffb347"/>',
	awaiting_approval: '<path d="M16 5 28 27H4z" fill="#ffb347"/>',
	completed:
		'<path d="m7 17 6 6 12-14" fill="none" stroke="#62d074" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"/>',
	failed:
		'<path d="m9 9 14 14m0-14L9 23" stroke="#ff6257" stroke-width="5" stroke-linecap="round"/>',
	cancelled: '<rect x="9" y="9" width="14" height="14" rx="1" fill="#98a49d"/>'
};

/** The icon for a run with this status, as a `data:` address. */
export function runIcon(status: RunStatus): string {
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1d2320"/>${SIGNS[status]}</svg>`;
	return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** Shows the icon in the browser's tab; what it returns brings back what was there. */
export function showIcon(icon: string, page: Pick<Document, 'querySelector'> = document) {
	const link = page.querySelector<HTMLLinkElement>('link[rel="icon"]');
	const before = link?.getAttribute('href') ?? null;
	link?.setAttribute('href', icon);
	return () => {
		if (before !== null) link?.setAttribute('href', before);
	};
}
