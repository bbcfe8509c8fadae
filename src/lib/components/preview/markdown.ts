import createDOMPurify from 'dompurify';
import { Marked } from 'marked';
import { highlightFence } from './highlight';
import { linkAddress, pictureAddress } from './references';

const TAGS = (
	'a b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p pre ' +
	's samp span strong sub summary sup table tbody td tfoot th thead tr u ul'
).split(' ');
const ATTRIBUTES = [
	'href',
	'src',
	'alt',
	'title',
	'align',
	'colspan',
	'rowspan',
	'start',
	'type',
	'checked',
	'disabled',
	'open',
	'class'
];

const marked = new Marked({
	gfm: true,
	async: false,
	renderer: {
		code({ text, lang }) {
			const html = highlightFence(text, lang ?? '');
			return html === null ? false : `<pre><code>${html}</code></pre>`;
		}
	}
});

/**
 * Markdown as HTML that is safe to put into the page: no scripts, styles, forms or frames; pictures
 * only from `siblingUrl` or from inside the text, never from another server; links open apart.
 * Needs a browser.
 */
export function renderMarkdown(text: string, siblingUrl: (name: string) => string): string {
	const purify = createDOMPurify(window);
	// Only the classes that colour code; the page's own mean something.
	purify.addHook('uponSanitizeAttribute', (_node, data) => {
		if (data.attrName === 'class' && !/^hljs-[\w -]+$/.test(data.attrValue)) data.keepAttr = false;
	});
	purify.addHook('afterSanitizeAttributes', (node) => {
		if (node.tagName === 'IMG') settlePicture(node, siblingUrl);
		else if (node.tagName === 'A') settleLink(node, siblingUrl);
		// A task list's boxes are for looking at; no other field belongs into a text.
		else if (node.tagName === 'INPUT') {
			if (node.getAttribute('type') === 'checkbox') node.setAttribute('disabled', '');
			else node.remove();
		}
	});
	const safe = purify.sanitize(marked.parse(text, { async: false }), {
		ALLOWED_TAGS: TAGS,
		ALLOWED_ATTR: ATTRIBUTES,
		ALLOW_DATA_ATTR: false,
		ALLOW_ARIA_ATTR: false,
		RETURN_DOM_FRAGMENT: true
	});
	const body = document.createElement('div');
	body.append(safe);
	for (const table of body.querySelectorAll('table')) makeScrollable(table, 'Table');
	for (const code of body.querySelectorAll('pre')) {
		const scroller = makeScrollable(code, 'Code');
		const button = document.createElement('button');
		button.type = 'button';
		button.className = 'copy';
		button.textContent = 'Copy';
		button.setAttribute('aria-label', 'Copy code');
		const frame = document.createElement('div');
		frame.className = 'frame';
		scroller.replaceWith(frame);
		frame.append(scroller, button);
	}
	return body.innerHTML;
}

function settlePicture(node: Element, siblingUrl: (name: string) => string): void {
	const source = node.getAttribute('src') ?? '';
	const address = pictureAddress(source, siblingUrl);
	if (address !== null) {
		node.setAttribute('src', address);
		node.setAttribute('loading', 'lazy');
		return;
	}
	const note = node.ownerDocument.createElement('span');
	const alt = node.getAttribute('alt');
	note.textContent = `[picture not loaded${alt ? `: ${alt}` : ''}]`;
	note.title = source;
	node.replaceWith(note);
}

function settleLink(node: Element, siblingUrl: (name: string) => string): void {
	const address = linkAddress(node.getAttribute('href') ?? '', siblingUrl);
	if (address === null) return node.removeAttribute('href');
	node.setAttribute('href', address);
	node.setAttribute('target', '_blank');
	node.setAttribute('rel', 'noopener noreferrer');
}

/** What may be wider than the text scrolls by itself, by keyboard too. */
function makeScrollable(element: Element, label: string): Element {
	const scroller = element.ownerDocument.createElement('div');
	scroller.className = 'scroller';
	scroller.setAttribute('role', 'group');
	scroller.setAttribute('aria-label', label);
	scroller.tabIndex = 0;
	element.replaceWith(scroller);
	scroller.append(element);
	return scroller;
}
