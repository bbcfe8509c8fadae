/** One page of 300 by 200 points: a line of text above a red rectangle on its lower half. */
export function smallPdf(words: string): Buffer {
	const drawing = `1 0 0 rg 0 0 300 100 re f 0 g BT /F1 24 Tf 20 150 Td (${words}) Tj ET`;
	const objects = [
		'<< /Type /Catalog /Pages 2 0 R >>',
		'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
		'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
		`<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`,
		'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'
	];
	let text = '%PDF-1.4\n';
	const offsets = objects.map((body, index) => {
		const offset = text.length;
		text += `${index + 1} 0 obj\n${body}\nendobj\n`;
		return `${String(offset).padStart(10, '0')} 00000 n \n`;
	});
	const size = objects.length + 1;
	const xref = `xref\n0 ${size}\n0000000000 65535 f \n${offsets.join('')}`;
	const trailer = `trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
	return Buffer.from(text + xref + trailer, 'latin1');
}

/** What is drawn on a canvas whose lower half `smallPdf` fills. Runs in the page. */
export function drawnOn(element: Element) {
	if (!(element instanceof HTMLCanvasElement)) throw new Error('It is no canvas.');
	const { width, height } = element;
	const context = element.getContext('2d');
	const at = (x: number, y: number) => [...(context?.getImageData(x, y, 1, 1).data ?? [])];
	const above = context?.getImageData(0, 0, width, Math.floor(height / 2) - 2).data ?? [];
	let darkAbove = 0;
	for (let i = 0; i < above.length; i += 4)
		if (above[i + 3] === 255 && (above[i] ?? 255) < 100) darkAbove += 1;
	return {
		ratio: Math.round((width / height) * 100) / 100,
		lower: at(Math.floor(width / 2), Math.floor(height * 0.75)),
		corner: at(2, 2),
		darkAbove
	};
}
