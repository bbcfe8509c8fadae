export type ButtonVariant = 'primary' | 'secondary' | 'quiet' | 'danger';
export type ButtonSize = 'sm' | 'md';

const BASE =
	'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-sm border font-medium ' +
	'pointer-coarse:min-h-10 whitespace-nowrap transition-colors select-none disabled:cursor-not-allowed disabled:opacity-50';

const VARIANTS: Record<ButtonVariant, string> = {
	primary: 'border-ink bg-ink text-panel enabled:hover:bg-soft enabled:hover:border-soft',
	secondary: 'border-line-strong bg-raised text-ink hover:bg-sunken',
	quiet: 'border-transparent text-soft hover:bg-sunken hover:text-ink',
	danger: 'border-red bg-raised text-red hover:bg-red-wash'
};

const SIZES: Record<ButtonSize, string> = {
	sm: 'h-7 px-2.5 text-xs',
	md: 'h-9 px-4 text-sm'
};

/** The classes of a button, for links that have to look like one. */
export function buttonClass(variant: ButtonVariant = 'secondary', size: ButtonSize = 'md'): string {
	return `${BASE} ${VARIANTS[variant]} ${SIZES[size]}`;
}
