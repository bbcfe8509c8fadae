import { describe, expect, it } from 'vitest';
import { linkAddress, pictureAddress } from './references';

const sibling = (name: string) => `/files/${encodeURIComponent(name)}`;

describe('pictureAddress', () => {
	it.each([
		['chart.png', '/files/chart.png'],
		['./chart.png', '/files/chart.png'],
		['mein%20Bild.png', '/files/mein%20Bild.png'],
		['100%.png', '/files/100%25.png'],
		['chart.png?x=1#y', '/files/chart.png'],
		['data:image/png;base64,AAAA', 'data:image/png;base64,AAAA']
	])('takes %s from beside the text or from inside it', (source, address) => {
		expect(pictureAddress(source, sibling)).toBe(address);
	});

	it.each([
		'https://example.org/a.png',
		'HTTP://example.org/a.png',
		'//example.org/a.png',
		'\\\\example.org\\a.png',
		'/runtime/client',
		'../other/a.png',
		'..%2Fother%2Fa.png',
		'folder/a.png',
		'javascript:alert(1)',
		' javascript:alert(1)',
		'data:image/svg+xml,<svg onload=alert(1)>',
		'data:text/html,x',
		'blob:abc',
		''
	])('never loads %s', (source) => {
		expect(pictureAddress(source, sibling)).toBeNull();
	});
});

describe('linkAddress', () => {
	it('leads to the web, to mail and to files beside the text', () => {
		expect(linkAddress('https://example.org/?a#b', sibling)).toBe('https://example.org/?a#b');
		expect(linkAddress('mailto:a@example.org', sibling)).toBe('mailto:a@example.org');
		expect(linkAddress('summary.csv', sibling)).toBe('/files/summary.csv');
	});

	it.each([
		'javascript:alert(1)',
		'java\tscript:alert(1)',
		'data:text/html,x',
		'/logout',
		'//a.b',
		'#x'
	])('does not lead to %s', (href) => {
		expect(linkAddress(href, sibling)).toBeNull();
	});
});
