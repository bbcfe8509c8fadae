/** One thing the tour points at. */
export interface TourStep {
	/** The first that shows is pointed at. */
	anchor: string;
	title: string;
	text: string;
}

export const TOUR_STEPS: readonly TourStep[] = [
	{
		anchor: '[data-strip]',
		title: 'Your files',
		text: 'The rail holds the Library you take files from, and the artifacts that runs make. Link a file to give it to the next run.'
	},
	{
		anchor: '#start [name="user_directive"]',
		title: 'What you want to know',
		text: 'Say in your own words what the agents should find out, make or check. Press r to come here from anywhere.'
	},
	{
		anchor: 'button[form="start"][type="submit"]:not([formaction])',
		title: 'Start the team',
		text: 'RUN starts the agents of the chosen workflow on copies of the linked files. You can stop them at any time.'
	},
	{
		anchor: 'section[aria-label="Output"]',
		title: 'Watch them work',
		text: 'What each agent thinks, calls and writes appears here. Ctrl+K finds every command, ? lists the keys.'
	}
];
