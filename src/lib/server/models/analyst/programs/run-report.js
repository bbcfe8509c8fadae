// @ts-nocheck -- runs inside the sandbox as plain JavaScript; the tests are its check.
import { reportMarkdown } from './report-md.js';
import { reportAnswer } from './answers.js';

const profile = JSON.parse(files.readText(REQUEST.profile));
if (profile.made_by !== 'builtin:analyst')
	console.log(JSON.stringify({ analyst: { foreign: true } }));
else {
	files.write(
		'report.md',
		reportMarkdown({ ...profile, directive: REQUEST.directive }, files.list())
	);
	console.log(JSON.stringify({ analyst: { answer: reportAnswer(profile) } }));
}
