/** The agent whose output is looked at. A new one each time: who asks for it again is heard too. */
export interface Selected {
	readonly agent: string;
}
