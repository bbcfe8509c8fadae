// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.
import { readText } from './decode.js';

const COMMON = new Set(
	'the a an and or of to in is are was were be been it its that this these those for on with as at by from not but if so we you he she they i his her their our your have has had do does did will would can could should may there then than which who what when where how all any no one two into out up about more also only over such other some very just der die das und oder ist sind war ein eine einen einer dem den des zu im in mit von für auf nicht auch sich es wir sie er ich als an bei aus nach wie noch nur aber le la les et ou un une des du de est sont que qui dans pour sur pas el los las y en que por con una'.split(
		' '
	)
);

/** Words, lines, sentences, frequent terms; for Markdown headings, links, code blocks and tables too. */
export function profileProse(opened) {
	const { file, format } = opened;
	const terms = new Map();
	const headings = [];
	let heading = 0;
	const count = {
		lines: 0,
		blank: 0,
		words: 0,
		characters: 0,
		sentences: 0,
		links: 0,
		images: 0,
		code: 0,
		tables: 0,
		items: 0,
		longest: 0
	};
	const markdown = format === 'Markdown';
	let inCode = false;
	let rest = '';

	function line(text) {
		count.lines++;
		count.longest = Math.max(count.longest, text.length);
		if (text.trim() === '') return void count.blank++;
		if (markdown) {
			if (/^\s*(```|~~~)/.test(text)) {
				inCode = !inCode;
				if (inCode) count.code++;
				return;
			}
			if (inCode) return;
			const found = /^(#{1,6})\s+(.*)$/.exec(text);
			if (found) {
				heading++;
				if (headings.length < 40)
					headings.push({ level: found[1].length, text: found[2].slice(0, 120) });
			}
			count.images += (text.match(/!\[[^\]]*\]\(/g) ?? []).length;
			count.links += (text.match(/(?<!!)\[[^\]]*\]\(/g) ?? []).length;
			if (/^\s*\|?[\s:|-]*-{3,}[\s:|-]*$/.test(text) && text.includes('|')) count.tables++;
			if (/^\s*([-*+]|\d+[.)])\s/.test(text)) count.items++;
		}
		count.sentences += (text.match(/[.!?…](?=\s|$)/g) ?? []).length;
		for (const word of text.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? []) {
			count.words++;
			const term = word.toLowerCase();
			if (term.length < 3 || COMMON.has(term) || /^\d+$/.test(term)) continue;
			if (terms.size < 200_000 || terms.has(term)) terms.set(term, (terms.get(term) ?? 0) + 1);
		}
	}

	for (const range of file.plan.ranges) {
		readText(file.source, file.encoding, range, (piece) => {
			count.characters += piece.length;
			const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
			rest = lines.pop();
			for (const one of lines) line(one);
		});
		if (rest !== '') line(rest);
		rest = '';
	}
	const top = [...terms].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 20);
	return {
		kind: 'text',
		format,
		sampled: file.plan.sampled,
		...count,
		blank_lines: count.blank,
		distinct_terms: terms.size,
		reading_minutes: Math.max(1, Math.round(count.words / 220)),
		headings: markdown ? headings : [],
		heading_count: heading,
		top_terms: top.map(([term, n]) => ({ term, count: n }))
	};
}
