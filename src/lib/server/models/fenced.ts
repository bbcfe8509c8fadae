/** Text as data: between tags that it cannot close itself. `attributes` begins with a blank. */
export function fenced(name: string, attributes: string, text: string): string {
	let tag = name;
	for (let n = 2; text.includes(`</${tag}`); n += 1) tag = `${name}-${n}`;
	return `<${tag}${attributes}>\n${text}\n</${tag}>`;
}
