// @ts-nocheck -- runs inside Deno, never in Node
export function createCharts() { return { call() {}, describe: () => ({}) }; }
