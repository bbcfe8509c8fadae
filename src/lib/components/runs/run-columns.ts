/** The columns of the table of runs, for its header and its rows alike. */
export const COLUMNS =
	'lg:grid lg:grid-cols-[1.75rem_6.75rem_minmax(0,1fr)_6.5rem_5.5rem_3.5rem_5rem_5rem_3.5rem_5.75rem] lg:gap-x-3';
