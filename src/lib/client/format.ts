const UNITS = ['KB', 'MB', 'GB', 'TB', 'PB'];

/** A size for people, in powers of 1,024 with three digits that count: `0 B`, `1.5 KB`, `10 GB`. */
export function formatBytes(bytes: number): string {
	if (bytes < 1024) return `${Math.round(bytes)} B`;
	let value = bytes / 1024;
	let unit = 0;
	while (value >= 999.5 && unit < UNITS.length - 1) {
		value /= 1024;
		unit += 1;
	}
	const digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
	return `${Number(value.toFixed(digits))} ${UNITS[unit]}`;
}

/** A length of time for people: `340 ms`, `4.2 s`, `2 min 5 s`, `3 h 20 min`, `2 d 4 h`. */
export function formatDuration(ms: number): string {
	if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
	if (ms < 59_950) return `${Number((ms / 1000).toFixed(1))} s`;
	const seconds = Math.round(ms / 1000);
	if (seconds < 3600) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's');
	const minutes = Math.round(seconds / 60);
	if (minutes < 1440) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
	const hours = Math.round(minutes / 60);
	return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function pair(big: number, bigUnit: string, small: number, smallUnit: string): string {
	return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

/** How far a time lies from `now`, either way: `just now`, `5 min ago`, `in 6 days`. */
export function relativeTime(iso: string, now: Date): string {
	const distance = Date.parse(iso) - now.getTime();
	const seconds = Math.abs(distance) / 1000;
	if (seconds < 45) return distance > 1000 ? 'in a moment' : 'just now';
	const text = distanceText(seconds);
	return distance > 0 ? `in ${text}` : `${text} ago`;
}

function distanceText(seconds: number): string {
	const minutes = Math.round(seconds / 60);
	if (minutes < 60) return `${minutes} min`;
	const hours = Math.round(minutes / 60);
	if (hours < 24) return `${hours} h`;
	return plural(Math.round(hours / 24), 'day');
}

/**
 * The day and the time where the reader is, or in the time zone given: `21 Nov 2026, 12:36`. A server
 * does not know where the reader is: it names its zone.
 */
export function formatTime(iso: string, timeZone?: string): string {
	return new Intl.DateTimeFormat('en-GB', {
		dateStyle: 'medium',
		timeStyle: 'short',
		...(timeZone === undefined ? {} : { timeZone })
	}).format(new Date(iso));
}

const grouped = new Intl.NumberFormat('en-GB');

/** A number with its digits in groups of three: `12,400`. */
export function formatCount(n: number): string {
	return grouped.format(n);
}

/** A number with its noun: `1 file`, `3 files`; an irregular plural is given. */
export function plural(n: number, one: string, many = `${one}s`): string {
	return `${formatCount(n)} ${n === 1 ? one : many}`;
}
