// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.
import { profileFiles } from './profile.js';
import { summaryCsv } from './summary-csv.js';
import { profileAnswer } from './answers.js';
import { profileJson } from './profile-json.js';

const profile = profileFiles(files, REQUEST);
files.write(REQUEST.profile, profileJson(profile));
files.write('summary.csv', summaryCsv(profile));
const charts = profile.charts.length;
const readable = profile.files.filter((f) => f.kind !== 'other').length;
console.log(JSON.stringify({ analyst: { answer: profileAnswer(profile), charts, readable } }));
