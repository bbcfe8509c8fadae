/** Tells the files of a drop from its folders, which cannot be uploaded as such. */
export function collectDropped(data: DataTransfer): { files: File[]; folders: string[] } {
	const files: File[] = [];
	const folders: string[] = [];
	for (const item of data.items) {
		if (item.kind !== 'file') continue;
		const entry = item.webkitGetAsEntry();
		const file = item.getAsFile();
		if (entry?.isDirectory) folders.push(entry.name);
		else if (file) files.push(file);
	}
	return { files, folders };
}

/** Browsers call every pasted picture `image.png`; its time tells them apart. */
export function pastedName(file: File, now: Date): File {
	if (!/^image\.\w+$/.test(file.name)) return file;
	const stamp = now.toISOString().slice(0, 19).replace('T', ' ').replaceAll(':', '-');
	const extension = file.name.slice(file.name.lastIndexOf('.'));
	return new File([file], `pasted ${stamp}${extension}`, { type: file.type });
}
