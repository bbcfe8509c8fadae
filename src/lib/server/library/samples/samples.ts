import coffeeShopSales from './coffee-shop-sales.csv?raw';
import meterReadings from './meter-readings.csv?raw';
import supportTickets from './support-tickets.jsonl?raw';

/** A file for the public shelf of a fresh install. */
export interface Sample {
	name: string;
	content: string;
}

/** Invented data, made for this project: a shop's sales, a town's meters, a help desk's tickets. */
export const SAMPLES: readonly Sample[] = [
	{ name: 'coffee-shop-sales.csv', content: coffeeShopSales },
	{ name: 'meter-readings.csv', content: meterReadings },
	{ name: 'support-tickets.jsonl', content: supportTickets }
];
