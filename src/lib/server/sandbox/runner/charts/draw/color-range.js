// @ts-nocheck -- runs inside Deno, never in Node
// Values as colours of a colour map.
import { mapColor } from '../colors.js';

export function valueRange(artist) {
	const all = (artist.kind === 'heat' ? artist.values.flat() : artist.values).filter(
		Number.isFinite
	);
	let [low, high] = [Infinity, -Infinity];
	for (const v of all) {
		if (v < low) low = v;
		if (v > high) high = v;
	}
	return [
		artist.vmin ?? (low === Infinity ? 0 : low),
		artist.vmax ?? (high === -Infinity ? 1 : high)
	];
}

export const colorAt = (artist, v, [low, high]) =>
	Number.isFinite(v) ? mapColor(artist.cmap, high > low ? (v - low) / (high - low) : 0.5) : 'none';
