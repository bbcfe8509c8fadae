const MIB = 1024 * 1024;

/** What one call may use; said to models by the guide and enforced by the host. */
export const LIMITS = {
	/** stdout and stderr together; the rest is cut off with a note. */
	printedBytes: 256 * 1024,
	/** Printing more than this ends the call. */
	floodBytes: 8 * MIB,
	fileBytes: 32 * MIB,
	totalBytes: 64 * MIB,
	files: 100,
	/** Resident memory of the whole process tree. */
	residentBytes: 1000 * MIB,
	/** Python's own memory. */
	pythonPages: 8192,
	/** V8's heap, in MiB. */
	heapMiB: { python: 256, javascript: 512 },
	/** How long a process may take before it is ready for code. */
	startMs: 30_000
} as const;
