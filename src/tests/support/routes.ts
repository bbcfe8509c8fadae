import type { Ask } from './http';

const JSON_HEADERS = { 'content-type': 'application/json' };

export interface Route extends Ask {
	method: string;
	path: string;
}

const json = (method: string, path: string, body: unknown): Route => ({
	method,
	path,
	headers: JSON_HEADERS,
	body: JSON.stringify(body)
});

/** Every route about one run, on every method it has. */
export function runRoutes(run: string, artifact: string, sessionFile: string): Route[] {
	const artifacts = `/runtime/artifacts/${run}`;
	const file = `${artifacts}/files/${encodeURIComponent(artifact)}`;
	return [
		{ method: 'GET', path: `/runtime/state?run_id=${run}` },
		{ method: 'GET', path: `/runtime/${run}/events` },
		{ method: 'POST', path: `/runtime/${run}/stop` },
		json('POST', `/runtime/${run}/approve`, { agent_id: 'profiler', approved: true }),
		{ method: 'POST', path: `/runtime/${run}/resume` },
		json('POST', `/runtime/${run}/resume`, { agent_id: 'profiler' }),
		{ method: 'POST', path: `/runtime/${run}/rerun` },
		json('POST', `/runtime/${run}/rerun`, { user_directive: 'Again.' }),
		{ method: 'GET', path: `/runtime/${run}/files` },
		{ method: 'GET', path: `/runtime/${run}/files/${encodeURIComponent(sessionFile)}` },
		{ method: 'HEAD', path: `/runtime/${run}/files/${encodeURIComponent(sessionFile)}` },
		{ method: 'GET', path: artifacts },
		json('PATCH', artifacts, { pinned: true }),
		{ method: 'GET', path: file },
		{ method: 'HEAD', path: file },
		{ method: 'GET', path: `${file}?version=1&download` },
		{ method: 'POST', path: `${file}/promote` },
		{ method: 'GET', path: `${artifacts}/archive` },
		{ method: 'HEAD', path: `${artifacts}/archive` },
		{ method: 'DELETE', path: file },
		{ method: 'DELETE', path: artifacts },
		{ method: 'DELETE', path: `/runtime/${run}` }
	];
}

/** Every route about one library file. */
export function libraryFileRoutes(name: string): Route[] {
	const file = `/runtime/library/files/${encodeURIComponent(name)}`;
	return [
		{ method: 'GET', path: file },
		{ method: 'HEAD', path: file },
		json('PATCH', file, { name: 'other-name.txt' }),
		{ method: 'DELETE', path: file }
	];
}

/** Every other route that needs a client. */
export function clientRoutes(): Route[] {
	return [
		{ method: 'GET', path: '/runtime/client' },
		{ method: 'DELETE', path: '/runtime/client' },
		{ method: 'GET', path: '/runtime/library' },
		{ method: 'PUT', path: '/runtime/library/files/a.txt', body: 'a' },
		{
			method: 'POST',
			path: '/runtime/library/upload',
			headers: { 'content-type': 'multipart/form-data; boundary=b' },
			body: multipart('b', [{ name: 'a.txt', text: 'a' }])
		},
		{ method: 'GET', path: '/runtime/workflows' },
		{ method: 'GET', path: '/runtime/workflows/data-profile' },
		{ method: 'GET', path: '/runtime/workflows/data-profile/versions' },
		{ method: 'GET', path: '/runtime/workflows/data-profile/versions/1' },
		json('PUT', '/runtime/workflows/own', {
			id: 'own',
			name: 'Own',
			agents: [{ id: 'a', prompt: 'Do it.' }]
		}),
		{ method: 'DELETE', path: '/runtime/workflows/own' },
		json('POST', '/runtime/start', { id: 'data-profile' }),
		json('POST', '/runtime/plan', { user_directive: 'Count.' }),
		{ method: 'GET', path: '/runtime/runs' },
		{ method: 'GET', path: '/runtime/artifacts' },
		json('POST', '/runtime/artifacts/clear', { older_than_hours: 0 })
	];
}

/** The body of an upload of these files. */
export function multipart(boundary: string, files: { name: string; text: string }[]): string {
	const parts = files.map(
		({ name, text }) =>
			`--${boundary}\r\nContent-Disposition: form-data; name="files"; filename="${name}"\r\n` +
			`Content-Type: application/octet-stream\r\n\r\n${text}\r\n`
	);
	return `${parts.join('')}--${boundary}--\r\n`;
}
