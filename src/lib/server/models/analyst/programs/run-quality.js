// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.
import { allIssues, qualityMarkdown } from './quality-md.js';
import { qualityAnswer } from './answers.js';

const profile = JSON.parse(files.readText(REQUEST.profile));
if (profile.made_by !== 'builtin:analyst')
	console.log(JSON.stringify({ analyst: { foreign: true } }));
else {
	files.write('quality.md', qualityMarkdown(profile));
	if (REQUEST.json) files.write('quality.json', JSON.stringify(allIssues(profile), null, 1) + '\n');
	console.log(JSON.stringify({ analyst: { answer: qualityAnswer(profile) } }));
}
