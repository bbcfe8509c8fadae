export * from './artifacts';
export * from './clients';
export * from './runs';
