import type { GenerateContentConfig } from '@google/genai';
import { systemText } from '../instructions';
import type { TurnRequest } from '../model';
import { thinksByDefault } from './family';

/**
 * Everything but the history. Nothing is set that some model refuses: temperature and the amount of
 * thinking stay the model's own.
 */
export function configOf(model: string, request: TurnRequest): GenerateContentConfig {
	const { agent, tools, answerSchema, maxOutputTokens } = request;
	const functionDeclarations = tools.map(({ name, description, parameters }) => ({
		name,
		description,
		parametersJsonSchema: parameters
	}));
	return {
		systemInstruction: systemText(agent),
		...(tools.length > 0 ? { tools: [{ functionDeclarations }] } : {}),
		...(thinksByDefault(model) ? { thinkingConfig: { includeThoughts: true } } : {}),
		...(answerSchema
			? { responseMimeType: 'application/json', responseJsonSchema: answerSchema }
			: {}),
		...(maxOutputTokens === undefined ? {} : { maxOutputTokens })
	};
}
