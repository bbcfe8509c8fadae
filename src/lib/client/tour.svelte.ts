import { remember, remembered } from './remembered';

const SEEN_KEY = 'raro.tour';

let running = $state(false);

export function tourRuns(): boolean {
	return running;
}

export function startTour(): void {
	running = true;
}

export function endTour(): void {
	running = false;
}

/**
 * Starts the tour for who was never offered it in this browser. Remembered before it shows; a browser
 * that remembers nothing is not asked again at every visit, but never.
 */
export function offerTour(): void {
	if (remembered(SEEN_KEY) === null && remember(SEEN_KEY, 'seen')) running = true;
}
