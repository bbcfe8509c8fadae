import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { DomainError } from '$lib/domain/errors';
import { THEMES } from '$lib/domain/theme';
import { KEY_COOKIE } from '$lib/server/clients/key-cookie';
import { rememberTheme } from '$lib/server/platform/theme';
import { localPath } from './fields';
import { action } from './form';

/** The key itself is only in the cookie: the server keeps no more than its hash. */
export const showKey = action('showKey', z.object({}), async ({ event }) => {
	const key = event.cookies.get(KEY_COOKIE);
	if (!key)
		throw new DomainError(
			'not_found',
			'This browser sent its key by header, not by cookie: there is nothing to show.'
		);
	return { kind: 'key' as const, key };
});

export const theme = action(
	'theme',
	z.object({ theme: z.enum(THEMES), return_to: localPath }),
	async ({ event, input }) => {
		rememberTheme(event.cookies, input.theme);
		redirect(303, input.return_to);
	}
);
