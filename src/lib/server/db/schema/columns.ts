import { integer, text } from 'drizzle-orm/sqlite-core';

/** A moment, kept as milliseconds since 1970. */
export const time = (name: string) => integer(name, { mode: 'timestamp_ms' });

/** A value kept as JSON. */
export const json = (name: string) => text(name, { mode: 'json' });
