import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Box } from './box';

export interface Answer {
	status: number;
	body?: unknown;
	headers?: Record<string, string>;
}

export interface ControlDeps {
	apiKey: string;
	boxes: Map<string, Box>;
	templates: string[];
	/** Sandboxes at once. */
	limit: number;
	maxTimeoutS: number;
	envdVersion: string;
	open(
		facts: Pick<Box, 'id' | 'template' | 'token' | 'metadata' | 'internet'>,
		timeoutS: number
	): Promise<Box>;
}

const seconds = z.number().int().positive();
const creation = z.strictObject({
	templateID: z.string().min(1),
	timeout: seconds.default(300),
	metadata: z.record(z.string(), z.string()).default({}),
	envVars: z.record(z.string(), z.string()).optional(),
	allow_internet_access: z.boolean().default(true)
});
const connection = z.strictObject({ timeout: seconds.default(300) });
const extension = z.strictObject({ timeout: seconds });

const refusal = (status: number, message: string): Answer => ({
	status,
	body: { code: status, message }
});

/** The plane that makes, finds and ends sandboxes; refuses what the real one refuses. */
export function createControl(deps: ControlDeps) {
	const { boxes, apiKey, templates, limit, maxTimeoutS, envdVersion } = deps;
	let opening = 0;

	const access = (box: Box) => ({
		sandboxID: box.id,
		templateID: box.template,
		clientID: 'loopback',
		envdVersion,
		envdAccessToken: box.token,
		domain: null,
		trafficAccessToken: null
	});
	const details = (box: Box) => ({
		sandboxID: box.id,
		templateID: box.template,
		clientID: 'loopback',
		startedAt: box.startedAt.toISOString(),
		endAt: box.endAt.toISOString(),
		cpuCount: 2,
		memoryMB: 1024,
		diskSizeMB: 10_240,
		metadata: box.metadata,
		state: 'running',
		envdVersion
	});

	async function create(body: unknown): Promise<Answer> {
		const asked = creation.safeParse(body);
		if (!asked.success) return refusal(400, z.prettifyError(asked.error));
		const { templateID, timeout, metadata, allow_internet_access: internet } = asked.data;
		if (!templates.includes(templateID)) return refusal(404, `template '${templateID}' not found`);
		if (timeout > maxTimeoutS)
			return refusal(400, `Timeout cannot be greater than ${maxTimeoutS / 3600} hours`);
		if (boxes.size + opening >= limit)
			return refusal(
				429,
				`you have reached the maximum number of concurrent E2B sandboxes (${limit})`
			);
		const id = `i${randomBytes(10).toString('hex')}`;
		const token = randomBytes(16).toString('hex');
		opening++;
		try {
			const facts = { id, template: templateID, token, metadata, internet };
			return { status: 201, body: access(await deps.open(facts, timeout)) };
		} finally {
			opening--;
		}
	}

	function list(query: URLSearchParams): Answer {
		// Each name and value is encoded before the pairs are.
		const wanted = [...new URLSearchParams(query.get('metadata') ?? '')].map(
			([name, value]) => [decodeURIComponent(name), decodeURIComponent(value)] as const
		);
		const states = query.get('state')?.split(',') ?? ['running'];
		const found = [...boxes.values()]
			.filter((box) => wanted.every(([name, value]) => box.metadata[name] === value))
			.filter(() => states.includes('running'));
		const from = Number(query.get('nextToken') ?? 0);
		const to = from + Number(query.get('limit') ?? 100);
		const headers: Record<string, string> = to < found.length ? { 'x-next-token': String(to) } : {};
		return { status: 200, body: found.slice(from, to).map(details), headers };
	}

	return async function control(request: IncomingMessage, body: unknown): Promise<Answer> {
		const url = new URL(request.url ?? '/', 'http://control');
		if (request.headers['x-api-key'] !== apiKey)
			return refusal(
				401,
				'Invalid API key, please visit https://e2b.dev/docs for more information.'
			);
		const route = `${request.method} ${url.pathname}`;
		if (route === 'POST /v2/sandboxes') return create(body);
		if (route === 'GET /v2/sandboxes') return list(url.searchParams);
		const [, method, id = '', action] =
			/^(\w+) (?:\/v2)?\/sandboxes\/([^/]+)(?:\/(\w+))?$/.exec(route) ?? [];
		const box = boxes.get(id);
		if (method === undefined) return refusal(404, `no such route: ${route}`);
		if (!box) return refusal(404, `sandbox "${id}" doesn't exist or you don't have access to it`);
		if (method === 'GET' && !action) return { status: 200, body: details(box) };
		if (method === 'DELETE' && !action) {
			await box.end();
			return { status: 204 };
		}
		if (method !== 'POST') return refusal(405, 'method not allowed');
		const asked = (action === 'timeout' ? extension : connection).safeParse(body);
		if (!asked.success) return refusal(400, z.prettifyError(asked.error));
		if (asked.data.timeout > maxTimeoutS) return refusal(400, 'Timeout is too long');
		if (action === 'timeout') {
			box.live(asked.data.timeout);
			return { status: 204 };
		}
		if (action !== 'connect') return refusal(404, `no such route: ${route}`);
		// Connecting never shortens a life.
		if (Date.now() + asked.data.timeout * 1000 > box.endAt.getTime()) box.live(asked.data.timeout);
		return { status: 200, body: access(box) };
	};
}
