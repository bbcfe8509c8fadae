import { fail, type ActionFailure, type Actions, type RequestEvent } from '@sveltejs/kit';
import type { z } from 'zod';
import { DomainError } from '$lib/domain/errors';
import type { Client } from '$lib/server/clients/clients';
import { clientOf, statusOf } from '$lib/server/platform/http/api';
import type { Failed, Fields } from '$lib/components/console/answer';
import { fieldsOf, readForm } from './read-form';

interface Call<T> {
	client: Client;
	input: T;
	/** As it came: the fields of `input`, and files. */
	form: FormData;
	event: RequestEvent;
}

/**
 * A form action: guard, parse, call, answer. What `schema` or `call` refuses becomes a failure with
 * the contract's status, and what was typed comes back with it; redirects and bugs pass through.
 */
export function action<S extends z.ZodType, A extends object>(
	name: string,
	schema: S,
	call: (call: Call<z.output<S>>) => Promise<A>
): (event: RequestEvent) => Promise<(A & { action: string }) | ActionFailure<Failed>> {
	return async (event) => {
		let values: Fields = {};
		try {
			const client = clientOf(event.locals);
			const form = await readForm(event);
			values = fieldsOf(form);
			const parsed = schema.safeParse(values);
			if (!parsed.success)
				throw new DomainError('invalid', parsed.error.issues[0]?.message ?? 'Fill in the form.');
			return { ...(await call({ client, input: parsed.data, form, event })), action: name };
		} catch (error) {
			if (error instanceof DomainError) return refusal(name, error, values);
			throw error;
		}
	};
}

/**
 * A page's actions, and nothing that objects have of themselves: the framework looks an action up by
 * the name in the address, and would call `constructor` too.
 */
export function named<A extends Actions>(actions: A): A {
	return Object.setPrototypeOf(actions, null);
}

/** What people can cause, as an answer of the page. */
export function refusal(
	name: string,
	{ code, message, details }: Pick<DomainError, 'code' | 'message' | 'details'>,
	values: Fields = {}
): ActionFailure<Failed> {
	return fail(statusOf(code), { action: name, kind: 'failed', code, message, details, values });
}
