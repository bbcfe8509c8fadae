// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.

/** profile.json; numbers to twelve significant digits, so that rounding noise is not shown. */
export function profileJson(profile) {
	const tidy = (_, value) =>
		typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(12)) : value;
	const text = JSON.stringify(profile, tidy, 1);
	return (
		text.replace(
			/\[\s+((?:-?[\d.e+-]+|null)(?:,\s+(?:-?[\d.e+-]+|null))*)\s+\]/g,
			(_, list) => `[${list.replace(/\s+/g, ' ')}]`
		) + '\n'
	);
}
