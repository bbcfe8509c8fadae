import { isRunId } from '$lib/domain/ids';

/** A run id in an address; anything else is not a run's address. */
export function match(value: string): boolean {
	return isRunId(value);
}
