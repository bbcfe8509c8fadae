import { themeOf } from '$lib/server/platform/theme';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ cookies }) => ({ theme: themeOf(cookies) });
