import type { GraphLayout } from './graph-layout';
import { lanesOf } from './graph-route';

/** What part of a graph is seen: the graph is drawn at `zoom`, then moved by `x`, `y` pixels. */
export interface Camera {
	x: number;
	y: number;
	zoom: number;
}

export interface Box {
	x: number;
	y: number;
	width: number;
	height: number;
}

interface Screen {
	width: number;
	height: number;
}

/** From this zoom on an agent's name can be read: its text grows as the rest shrinks, up to here. */
export const READABLE = 0.58;
export const MIN_ZOOM = 0.04;
export const MAX_ZOOM = 1.5;
const MARGIN = 14;
/** What the controls cover in the lower right corner. */
const CONTROLS = { width: 124, height: 40 };

/** The smallest box around these agents, or around all and the lines between them; null without any. */
export function boundsOf(layout: GraphLayout, ids?: readonly string[]): Box | null {
	const spots = (ids ?? [...layout.spots.keys()]).flatMap((id) => layout.spots.get(id) ?? []);
	if (spots.length === 0) return null;
	const { width, height } = layout.size;
	const lanes = ids ? [] : [...layout.routes.values()].flatMap(lanesOf).map((lane) => lane.y);
	const x = Math.min(...spots.map((s) => s.x));
	const y = Math.min(...spots.map((s) => s.y), ...lanes);
	return {
		x,
		y,
		width: Math.max(...spots.map((s) => s.x)) + width - x,
		height: Math.max(...spots.map((s) => s.y + height), ...lanes) - y
	};
}

/**
 * Shows a box in the middle, never larger than life and never smaller than `least`; left of the middle
 * when the controls would cover its corner.
 */
export function cameraOn(box: Box, screen: Screen, least = MIN_ZOOM): Camera {
	const room = (length: number) => Math.max(1, length - 2 * MARGIN);
	const fit = Math.min(room(screen.width) / box.width, room(screen.height) / box.height);
	const zoom = Math.max(least, Math.min(1, fit));
	const x = screen.width / 2 - (box.x + box.width / 2) * zoom;
	const y = screen.height / 2 - (box.y + box.height / 2) * zoom;
	const low = y + (box.y + box.height) * zoom > screen.height - CONTROLS.height;
	const covered = low ? x + (box.x + box.width) * zoom - (screen.width - CONTROLS.width) : 0;
	const free = x + box.x * zoom - MARGIN;
	return { x: x - Math.max(0, Math.min(covered, free)), y, zoom };
}

/** Whether all of a graph can be read at once. */
export function isReadableWhole(layout: GraphLayout, screen: Screen): boolean {
	const all = boundsOf(layout);
	return all === null || cameraOn(all, screen).zoom >= READABLE;
}

/**
 * Where to look by oneself: at the whole graph while it can be read, else as near to the agents of
 * interest as reading needs, and at as much beside them as there is room for.
 */
export function cameraFor(
	layout: GraphLayout,
	screen: Screen,
	interest: readonly string[]
): Camera {
	const all = boundsOf(layout);
	if (!all) return { x: 0, y: 0, zoom: 1 };
	const whole = cameraOn(all, screen);
	if (whole.zoom >= READABLE) return whole;
	const near = boundsOf(layout, interest);
	if (!near) return whole;
	const camera = cameraOn(near, screen, READABLE);
	const zoom = Math.min(camera.zoom, 0.85);
	const slide = (length: number, start: number, size: number, middle: number) => {
		// Nothing is gained by looking past the edge of the graph.
		const least = length - MARGIN - (start + size) * zoom;
		const most = MARGIN - start * zoom;
		const wanted = length / 2 - middle * zoom;
		return least > most ? (least + most) / 2 : Math.max(least, Math.min(most, wanted));
	};
	return {
		x: slide(screen.width, all.x, all.width, near.x + near.width / 2),
		y: slide(screen.height, all.y, all.height, near.y + near.height / 2),
		zoom
	};
}

/** The camera moved as little as brings the whole box into sight; the same one when it is. */
export function cameraWith(camera: Camera, box: Box, screen: Screen): Camera {
	const shift = (length: number, from: number, to: number) => {
		if (from < MARGIN || to - from > length - 2 * MARGIN) return MARGIN - from;
		return to > length - MARGIN ? length - MARGIN - to : 0;
	};
	const at = { x: box.x * camera.zoom + camera.x, y: box.y * camera.zoom + camera.y };
	const dx = shift(screen.width, at.x, at.x + box.width * camera.zoom);
	const dy = shift(screen.height, at.y, at.y + box.height * camera.zoom);
	return dx === 0 && dy === 0 ? camera : { ...camera, x: camera.x + dx, y: camera.y + dy };
}

/** How much larger text is drawn than its agent, so that it can be read at this zoom. */
export function growthAt(zoom: number): number {
	return Math.round(Math.max(1, Math.min(1 / READABLE, 1 / zoom)) * 20) / 20;
}
