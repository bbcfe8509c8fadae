/** The things in their order, without those whose id came before. */
export function firstOfEachId<T extends { id: string }>(things: readonly T[]): T[] {
	const seen = new Set<string>();
	return things.filter(({ id }) => {
		if (seen.has(id)) return false;
		seen.add(id);
		return true;
	});
}
