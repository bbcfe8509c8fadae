/** The server cannot start; `message` tells the person who started it what to change. */
export class StartupError extends Error {
	override readonly name = 'StartupError';
}
