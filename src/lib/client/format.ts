const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** `12.4 MB`: powers of 1024, three significant digits, for people. */
export function formatBytes(bytes: number): string {
	let value = bytes;
	let unit = 0;
	while (value >= 1023.5 && unit < UNITS.length - 1) {
		value /= 1024;
		unit += 1;
	}
	const digits = unit === 0 || value >= 99.95 ? 0 : 1;
	return `${value.toFixed(digits).replace(/\.0$/, '')} ${UNITS[unit] ?? 'B'}`;
}

/** `1,204`, the same on every machine. */
export function formatCount(count: number): string {
	return count.toLocaleString('en-GB');
}

const absolute = new Intl.DateTimeFormat('en-GB', {
	year: 'numeric',
	month: 'short',
	day: 'numeric',
	hour: '2-digit',
	minute: '2-digit',
	timeZone: 'UTC'
});

/** `21 Nov 2026, 12:40 UTC`, the same on the server and in every browser. */
export function formatTime(at: string | Date): string {
	return `${absolute.format(new Date(at))} UTC`;
}

const relative = new Intl.RelativeTimeFormat('en-GB', { numeric: 'auto' });
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
	['day', 86_400_000],
	['hour', 3_600_000],
	['minute', 60_000]
];

/** `3 minutes ago`, `in 6 days`; `just now` within a minute. */
export function relativeTime(at: string | Date, now: Date): string {
	const difference = new Date(at).getTime() - now.getTime();
	for (const [unit, size] of STEPS)
		if (Math.abs(difference) >= size) return relative.format(Math.trunc(difference / size), unit);
	return difference > 0 ? 'in a moment' : 'just now';
}

/** `840 ms`, `12.3 s`, `4 min 05 s`, `1 h 12 min`. */
export function formatDuration(ms: number): string {
	if (ms < 1000) return `${Math.round(ms)} ms`;
	const seconds = ms / 1000;
	if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
	const whole = Math.round(seconds);
	const minutes = Math.floor(whole / 60);
	if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
	return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** A count with its noun: `1 file`, `1,204 files`; an irregular plural is given. */
export function plural(count: number, one: string, many = `${one}s`): string {
	return `${formatCount(count)} ${count === 1 ? one : many}`;
}
