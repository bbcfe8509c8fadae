const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** A size as messages say it: `1 byte`, `20 KiB`, `1.5 GiB`. */
export function byteSize(bytes: number): string {
	if (bytes === 1) return '1 byte';
	let unit = 0;
	let size = bytes;
	while (size >= 1024 && unit < UNITS.length - 1) {
		size /= 1024;
		unit += 1;
	}
	return `${Number(size.toFixed(1))} ${UNITS[unit]}`;
}
