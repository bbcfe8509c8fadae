import type { Action } from '$lib/client/actions.svelte';
import { archiveUrl, artifactUrl, asDownload, libraryFileUrl } from '$lib/client/addresses';
import { rowsOf } from '$lib/client/artifact-groups';
import { download } from '$lib/client/dom';
import { formatBytes } from '$lib/client/format';
import type { RailState } from '$lib/client/rail.svelte';
import { openPreview } from '$lib/components/preview/preview.svelte';
import type { RunArtifacts } from '$lib/domain/artifact';
import { shortId } from '$lib/domain/ids';
import type { LibraryFile } from '$lib/domain/library';

/** What can be done with the files of the rail. */
export function railActions(rail: RailState): Action[] {
	return [
		{
			id: 'library.refresh',
			title: 'Refresh the files',
			group: 'Files',
			keywords: 'reload library artifacts rail',
			run: () => rail.refresh()
		},
		...rail.library.flatMap((file) => fileActions(rail, file)),
		...rail.runs.flatMap(({ metadata }) => runActions(rail, metadata))
	];
}

function fileActions(rail: RailState, file: LibraryFile): Action[] {
	const { name } = file;
	const of = { group: 'Files', hint: formatBytes(file.size_bytes), quiet: true } as const;
	const attached = rail.attached.has(name);
	return [
		{
			...of,
			id: `file.attach:${name}`,
			title: attached ? `Detach ${name}` : `Attach ${name}`,
			keywords: 'link unlink file next run library',
			run: () => rail.toggle(name)
		},
		{
			...of,
			id: `file.view:${name}`,
			title: `Preview ${name}`,
			keywords: 'view open show library',
			run: () => openPreview({ kind: 'library', file })
		},
		{
			...of,
			id: `file.download:${name}`,
			title: `Download ${name}`,
			keywords: 'library',
			run: () => download(asDownload(libraryFileUrl(name)))
		}
	];
}

function runActions(rail: RailState, run: RunArtifacts): Action[] {
	const id = shortId(run.run_id);
	const of = { group: 'Runs', keywords: run.user_directive ?? '', quiet: true } as const;
	return [
		{
			...of,
			id: `run.pin:${run.run_id}`,
			title: run.pinned ? `Unpin run ${id}` : `Pin run ${id}: keep its files`,
			run: () => rail.pin(run.run_id, !run.pinned)
		},
		{
			...of,
			id: `run.zip:${run.run_id}`,
			title: `Download all of run ${id} as zip`,
			run: () => download(archiveUrl(run.run_id))
		},
		...rowsOf(run.artifacts).flatMap((row) => artifactActions(rail, run.run_id, row.latest))
	];
}

function artifactActions(
	rail: RailState,
	run: string,
	artifact: RunArtifacts['artifacts'][number]
): Action[] {
	const name = artifact.filename;
	const of = {
		group: 'Artifacts',
		hint: `run ${shortId(run)}`,
		keywords: `${artifact.agent_id} artifact`,
		quiet: true
	} as const;
	return [
		{
			...of,
			id: `artifact.view:${run}/${name}`,
			title: `Preview ${name}`,
			run: () => openPreview({ kind: 'artifact', run_id: run, artifact })
		},
		{
			...of,
			id: `artifact.download:${run}/${name}`,
			title: `Download ${name}`,
			run: () => download(asDownload(artifactUrl(run, name)))
		},
		{
			...of,
			id: `artifact.save:${run}/${name}`,
			title: `Save ${name} to the Library`,
			run: () => rail.promote(run, name)
		}
	];
}
