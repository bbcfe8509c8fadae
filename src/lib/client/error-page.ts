/** What an error page says, and where it leads. */
export interface ErrorWords {
	title: string;
	/** What happened, when more is known than the title says. */
	message: string | null;
	/** What to do about it. */
	advice: string;
	back: { href: string; text: string };
}

const TITLES: Record<number, string> = {
	400: 'This request cannot be answered',
	401: 'This browser is not known here',
	403: 'This is not allowed',
	404: 'Nothing is here',
	410: 'This has expired',
	413: 'This is too large',
	429: 'Too many requests',
	503: 'This is not available now',
	507: 'The disk is full'
};
const ADVICE: Record<number, string> = {
	404: 'The address may be mistyped, or what was here was deleted.',
	410: 'Artifacts are kept for a limited time. Save the good ones to the Library, or pin their run.',
	429: 'Wait a minute, then try again.',
	503: 'Try again in a while.',
	507: 'Delete files or runs that are no longer needed, then try again.'
};
const SERVER_ADVICE =
	'Try again. If it stays like this, give the number below to whoever runs this server: it finds the cause in the log.';

/** Words that say no more than the title: the framework's own, and the app's for what is not there. */
const EMPTY = /^(Not Found|Internal Error|Nothing is here\b.*|Something went wrong\b.*|)$/;

/** Where the way back leads, by the beginning of the address. */
const PLACES = [
	{ at: '/runs/compare', href: '/runs', text: 'Choose two runs' },
	{ at: '/runs', href: '/runs', text: 'See all runs' },
	{ at: '/workflows', href: '/workflows', text: 'See the workflows' }
];

/** The words for an error at this address. @param told the error's own */
export function errorWords(status: number, told: string, pathname: string): ErrorWords {
	const place = PLACES.find(({ at }) => pathname === at || pathname.startsWith(`${at}/`));
	const message = EMPTY.test(told) ? null : told;
	const title =
		status < 500 && place?.at === '/runs/compare'
			? 'These cannot be compared'
			: (TITLES[status] ??
				(status < 500 ? 'This cannot be done' : 'Something went wrong on the server'));
	const usual = status >= 500 ? SERVER_ADVICE : message ? '' : 'Go back and try again.';
	return {
		title,
		message,
		// What says what to do itself needs no advice.
		advice: status === 404 && message ? '' : (ADVICE[status] ?? usual),
		back: place ?? { href: '/', text: 'Go to the console' }
	};
}
