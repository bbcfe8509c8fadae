/**
 * Takes a plain form over: with scripts its submission does `action` instead of loading a page;
 * without them the form works as it stands.
 */
export function takeOver(action: () => unknown): (event: SubmitEvent) => void {
	return (event) => {
		event.preventDefault();
		void action();
	};
}
