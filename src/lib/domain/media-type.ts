import { splitExtension } from './file-name';

/** How a file is shown. */
export type PreviewKind =
	'image' | 'table' | 'markdown' | 'json' | 'text' | 'pdf' | 'html' | 'svg' | 'none';

const TYPES: Record<string, string> = {
	csv: 'text/csv',
	tsv: 'text/tab-separated-values',
	tab: 'text/tab-separated-values',
	json: 'application/json',
	jsonl: 'application/x-ndjson',
	ndjson: 'application/x-ndjson',
	geojson: 'application/geo+json',
	md: 'text/markdown',
	markdown: 'text/markdown',
	txt: 'text/plain',
	log: 'text/plain',
	html: 'text/html',
	htm: 'text/html',
	xml: 'application/xml',
	yaml: 'application/yaml',
	yml: 'application/yaml',
	toml: 'application/toml',
	ini: 'text/plain',
	css: 'text/css',
	js: 'text/javascript',
	mjs: 'text/javascript',
	ts: 'text/x-typescript',
	py: 'text/x-python',
	r: 'text/x-r',
	sql: 'application/sql',
	sh: 'application/x-sh',
	tex: 'application/x-tex',
	png: 'image/png',
	jpg: 'image/jpeg',
	jpeg: 'image/jpeg',
	gif: 'image/gif',
	webp: 'image/webp',
	avif: 'image/avif',
	bmp: 'image/bmp',
	ico: 'image/x-icon',
	svg: 'image/svg+xml',
	pdf: 'application/pdf',
	parquet: 'application/vnd.apache.parquet',
	xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
	xls: 'application/vnd.ms-excel',
	docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
	pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
	zip: 'application/zip',
	gz: 'application/gzip',
	sqlite: 'application/vnd.sqlite3',
	db: 'application/vnd.sqlite3',
	mp3: 'audio/mpeg',
	wav: 'audio/wav',
	mp4: 'video/mp4',
	webm: 'video/webm'
};

/** The media type that a file's name promises; `application/octet-stream` when it promises none. */
export function mediaTypeOf(name: string): string {
	const extension = splitExtension(name).extension.slice(1).toLowerCase();
	return TYPES[extension] ?? 'application/octet-stream';
}

const INLINE = new Set([
	'image/png',
	'image/jpeg',
	'image/gif',
	'image/webp',
	'image/avif',
	'image/bmp',
	'application/pdf',
	'text/plain',
	'text/csv',
	'text/tab-separated-values',
	'text/markdown',
	'application/json',
	'application/x-ndjson'
]);

/** Whether the browser may show this type in place; every other type is sent as an attachment. */
export function isInlineType(type: string): boolean {
	return INLINE.has(type);
}

const CODE = new Set([
	'application/xml',
	'application/yaml',
	'application/toml',
	'application/sql',
	'application/x-sh',
	'application/x-tex'
]);

export function previewKindOf(type: string): PreviewKind {
	if (type === 'image/svg+xml') return 'svg';
	if (type === 'text/html') return 'html';
	if (type === 'application/pdf') return 'pdf';
	if (type === 'text/markdown') return 'markdown';
	if (type === 'text/csv' || type === 'text/tab-separated-values') return 'table';
	if (type === 'application/json' || type === 'application/geo+json') return 'json';
	if (type.startsWith('image/')) return INLINE.has(type) ? 'image' : 'none';
	if (type.startsWith('text/') || type === 'application/x-ndjson' || CODE.has(type)) return 'text';
	return 'none';
}

/** The family a file is sorted under in the rail. */
export type TypeGroup = 'image' | 'table' | 'document' | 'data' | 'code' | 'other';

export function typeGroupOf(type: string): TypeGroup {
	if (type.startsWith('image/')) return 'image';
	if (type === 'text/csv' || type === 'text/tab-separated-values' || type.includes('parquet'))
		return 'table';
	if (['text/markdown', 'text/plain', 'application/pdf', 'text/html'].includes(type))
		return 'document';
	if (type.includes('json') || type.includes('xml') || type.includes('yaml')) return 'data';
	if (type.startsWith('text/') || CODE.has(type)) return 'code';
	return 'other';
}
