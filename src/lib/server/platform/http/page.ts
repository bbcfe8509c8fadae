import { error } from '@sveltejs/kit';
import { DomainError } from '../../../domain/errors';
import { statusOf } from './api';

/** For `load`: what people can cause becomes the error page with the contract's status. */
export async function orErrorPage<T>(work: () => T | Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (failure) {
		if (!(failure instanceof DomainError)) throw failure;
		error(statusOf(failure.code), { message: failure.message, code: failure.code });
	}
}

/** What the work finds, or null when it is there no longer: expired, or removed by the sweep. */
export async function unlessGone<T>(work: Promise<T>): Promise<T | null> {
	try {
		return await work;
	} catch (failure) {
		if (failure instanceof DomainError && failure.code === 'gone') return null;
		throw failure;
	}
}
