/** What a person is asked before something that cannot be undone. */
export interface Question {
	title: string;
	/** What will happen. */
	message: string;
	/** The verb on the button, for example `Delete`. */
	action: string;
	tone?: 'normal' | 'danger';
}

interface Pending extends Question {
	answer: (yes: boolean) => void;
}

let pending: Pending | null = $state(null);

/** The question on screen; `ConfirmHost` shows it. */
export function pendingQuestion(): Pending | null {
	return pending;
}

/** Asks in a dialog. True only when the person pressed the action; closing it any way means no. */
export function confirm(question: Question): Promise<boolean> {
	pending?.answer(false);
	return new Promise((resolve) => {
		pending = {
			tone: 'danger',
			...question,
			answer(yes) {
				pending = null;
				resolve(yes);
			}
		};
	});
}
