import type { LibraryFile, OnConflict } from '$lib/domain/library';
import { uploadFile, uploadProblem, type Limits } from './upload';

/** One file on its way into the Library, or the reason why it did not arrive. */
export class Transfer {
	readonly controller = new AbortController();
	sent = $state(0);
	status: 'waiting' | 'sending' | 'refused' = $state('waiting');
	reason = $state('');

	constructor(
		readonly id: number,
		readonly file: File,
		readonly onConflict: OnConflict
	) {}
}

interface Deps {
	limits: () => Limits;
	libraryBytes: () => number;
	onadded: (file: LibraryFile) => void;
}

const PARALLEL = 2;

/** Uploads under way. What arrives or is cancelled leaves; what is refused stays until dismissed. */
export class Transfers {
	list: Transfer[] = $state.raw([]);
	readonly busy = $derived.by(() => this.list.some((t) => t.status !== 'refused'));
	#nextId = 1;
	#running = 0;

	constructor(private readonly deps: Deps) {}

	/** Resolves when each of these files has arrived, was refused or was cancelled. */
	async add(files: Iterable<File>, onConflict: OnConflict): Promise<void> {
		const added = Array.from(files, (file) => new Transfer(this.#nextId++, file, onConflict));
		this.list = [...this.list, ...added];
		await Promise.all(
			Array.from({ length: PARALLEL }, async () => {
				for (let next = this.#take(); next; next = this.#take()) await this.#send(next);
			})
		);
	}

	/** Says that something cannot be uploaded, beside the other refusals. */
	refuse(name: string, reason: string): void {
		const transfer = new Transfer(this.#nextId++, new File([], name), 'keep');
		this.list = [...this.list, transfer];
		refuse(transfer, reason);
	}

	/** Cancels what is under way, dismisses what was refused. */
	drop(transfer: Transfer): void {
		transfer.controller.abort();
		this.list = this.list.filter((t) => t !== transfer);
	}

	dismissRefused(): void {
		this.list = this.list.filter((t) => t.status !== 'refused');
	}

	#take(): Transfer | undefined {
		if (this.#running >= PARALLEL) return undefined;
		return this.list.find((t) => t.status === 'waiting');
	}

	async #send(transfer: Transfer): Promise<void> {
		const problem = uploadProblem(transfer.file, this.deps.limits(), this.deps.libraryBytes());
		if (problem) return refuse(transfer, problem);
		transfer.status = 'sending';
		this.#running += 1;
		try {
			const file = await uploadFile(transfer.file, {
				onConflict: transfer.onConflict,
				signal: transfer.controller.signal,
				onprogress: (sent) => (transfer.sent = sent)
			});
			this.list = this.list.filter((t) => t !== transfer);
			this.deps.onadded(file);
		} catch (error) {
			if (transfer.controller.signal.aborted) return;
			refuse(transfer, error instanceof Error ? error.message : String(error));
		} finally {
			this.#running -= 1;
		}
	}
}

function refuse(transfer: Transfer, reason: string): void {
	transfer.status = 'refused';
	transfer.reason = reason;
}
