import { describe, expect, it } from 'vitest';
import { isPlain, isTyping, keyOf, KeyReader } from './shortcuts';

const press = (
	key: string,
	held: { ctrlKey?: boolean; metaKey?: boolean; altKey?: boolean } = {}
) => keyOf({ key, ctrlKey: false, metaKey: false, altKey: false, ...held });

describe('a key', () => {
	it('is named as shortcuts are written', () => {
		expect(press('r')).toBe('r');
		expect(press('?')).toBe('?');
		expect(press('k', { ctrlKey: true })).toBe('Ctrl+K');
		expect(press('k', { metaKey: true })).toBe('Ctrl+K');
		expect(press('Enter', { ctrlKey: true })).toBe('Ctrl+Enter');
	});

	it('that only modifies, or belongs to the system, has no name', () => {
		expect(press('Control', { ctrlKey: true })).toBeNull();
		expect(press('AltGraph')).toBeNull();
		expect(press('r', { altKey: true })).toBeNull();
	});

	it('is the bracket also where that is written with AltGr', () => {
		expect(press('[', { altKey: true, ctrlKey: true })).toBe('[');
		expect(press(']', { altKey: true })).toBe(']');
	});
});

describe('the reader of keys', () => {
	const KNOWN = ['g r', 'g c', 'r', '?'];

	it('knows one key, and two in a row', () => {
		const reader = new KeyReader();
		expect(reader.read('r', 0, KNOWN)).toBe('r');
		expect(reader.read('g', 10, KNOWN)).toBeNull();
		expect(reader.read('r', 20, KNOWN)).toBe('g r');
		expect(reader.read('r', 30, KNOWN)).toBe('r');
	});

	it('forgets a first key that waits too long, or that another key follows', () => {
		const reader = new KeyReader();
		reader.read('g', 0, KNOWN);
		expect(reader.read('c', 5000, KNOWN)).toBeNull();
		reader.read('g', 6000, KNOWN);
		expect(reader.read('x', 6010, KNOWN)).toBeNull();
		expect(reader.read('c', 6020, KNOWN)).toBeNull();
	});
});

describe('typing', () => {
	it('is what happens in fields, not on buttons and boxes', () => {
		expect(isTyping({ tagName: 'TEXTAREA' })).toBe(true);
		expect(isTyping({ tagName: 'input', type: 'search' })).toBe(true);
		expect(isTyping({ tagName: 'SELECT' })).toBe(true);
		expect(isTyping({ tagName: 'DIV', isContentEditable: true })).toBe(true);
		expect(isTyping({ tagName: 'INPUT', type: 'checkbox' })).toBe(false);
		expect(isTyping({ tagName: 'BUTTON' })).toBe(false);
	});

	it('is told from chords, which stay when single keys are switched off', () => {
		expect(isPlain('g r')).toBe(true);
		expect(isPlain('?')).toBe(true);
		expect(isPlain('Ctrl+Enter')).toBe(false);
	});
});
