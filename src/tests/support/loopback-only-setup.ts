import { afterAll, expect } from 'vitest';
import { attempts } from './loopback-only.js';

/** A test file in which anything tried to leave this machine has failed, whatever its tests say. */
afterAll(() => expect(attempts.splice(0)).toEqual([]));
