/** The views of what a run put out. */
export type OutputTab = 'transcript' | 'timeline';
