import type { Action } from '$lib/client/actions.svelte';
import { archiveUrl, artifactUrl, asDownload, libraryFileUrl } from '$lib/client/addresses';
import { rowsOf } from '$lib/client/artifact-groups';
import { download, press } from '$lib/client/dom';
import { formatBytes } from '$lib/client/format';
import type { RailState } from '$lib/client/rail.svelte';
import { openPreview } from '$lib/components/preview/preview.svelte';
import { confirm } from '$lib/components/ui/confirm.svelte';
import type { RunArtifacts } from '$lib/domain/artifact';
import { shortId } from '$lib/domain/ids';
import type { LibraryFile } from '$lib/domain/library';
import { isActive } from '$lib/domain/run';

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
		...(rail.runs.length > 0 ? filterActions(rail) : []),
		...rail.library.flatMap((file) => fileActions(rail, file)),
		...rail.runs.flatMap(({ metadata }) => runActions(rail, metadata))
	];
}

const SCOPES = { all: 'of all runs', current: 'of the current run', day: 'of the last 24 hours' };
const OLD_HOURS = 24;

function filterActions(rail: RailState): Action[] {
	const of = { group: 'Artifacts', keywords: 'filter rail', quiet: true } as const;
	const scopes = (['all', 'current', 'day'] as const).filter(
		(scope) => scope !== rail.filter.scope && (scope !== 'current' || rail.currentRunId !== null)
	);
	return [
		...scopes.map((scope): Action => ({
			...of,
			id: `artifacts.scope:${scope}`,
			title: `List the artifacts ${SCOPES[scope]}`,
			run: () => (rail.filter.scope = scope)
		})),
		{
			...of,
			second: true,
			id: 'artifacts.clear',
			title: 'Clear the artifacts of runs older than a day',
			keywords: 'delete remove old',
			run: async () => {
				const yes = await confirm({
					title: 'Clear old runs?',
					message:
						'The artifacts of every run older than 24 hours are deleted for good. Active and ' +
						'pinned runs and copies in the Library stay.',
					action: 'Clear'
				});
				if (yes) await rail.clearOlderThan(OLD_HOURS);
			}
		}
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
		},
		...(file.scope === 'private' ? ownFileActions(rail, name) : [])
	];
}

function ownFileActions(rail: RailState, name: string): Action[] {
	const of = { group: 'Files', keywords: 'library', quiet: true, second: true } as const;
	return [
		{
			...of,
			id: `file.rename:${name}`,
			title: `Rename ${name}`,
			run: async () => {
				await rail.onreveal?.(name);
				press(`summary[aria-label="${CSS.escape(`Rename ${name}`)}"]`);
			}
		},
		{
			...of,
			id: `file.delete:${name}`,
			title: `Delete ${name} from the Library`,
			run: async () => {
				const yes = await confirm({
					title: 'Delete from the Library?',
					message: `“${name}” is deleted for good. Runs that used it keep their own copies.`,
					action: 'Delete'
				});
				if (yes) await rail.remove(name);
			}
		}
	];
}

function runActions(rail: RailState, run: RunArtifacts): Action[] {
	const id = shortId(run.run_id);
	const of = {
		group: 'Runs',
		keywords: run.user_directive,
		quiet: true,
		second: true
	} as const;
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
		...(isActive(run.status) ? [] : endedRunActions(rail, run)),
		...rowsOf(run.artifacts).flatMap((row) => artifactActions(rail, run.run_id, row.latest))
	];
}

function endedRunActions(rail: RailState, run: RunArtifacts): Action[] {
	const id = shortId(run.run_id);
	const of = {
		group: 'Runs',
		keywords: run.user_directive,
		quiet: true,
		second: true
	} as const;
	const longer: Action = {
		...of,
		id: `run.extend:${run.run_id}`,
		title: `Keep run ${id} 7 days longer`,
		run: () => rail.extend(run)
	};
	return [
		...(run.pinned ? [] : [longer]),
		{
			...of,
			id: `run.empty:${run.run_id}`,
			title: `Delete the artifacts of run ${id}`,
			run: async () => {
				const yes = await confirm({
					title: `Delete the artifacts of run ${id}?`,
					message: 'All its files are deleted for good. Copies in the Library stay.',
					action: 'Delete'
				});
				if (yes) await rail.removeRun(run.run_id);
			}
		}
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
		},
		{
			...of,
			id: `artifact.delete:${run}/${name}`,
			second: true,
			title: `Delete ${name} of run ${shortId(run)}`,
			run: async () => {
				const yes = await confirm({
					title: `Delete “${name}”?`,
					message: 'All its versions are deleted for good. Copies in the Library stay.',
					action: 'Delete'
				});
				if (yes) await rail.removeArtifact(run, name);
			}
		}
	];
}
