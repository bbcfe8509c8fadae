import { named } from '../../../actions/form';
import { importWorkflow } from '../../../actions/import-workflow';
import type { Actions } from './$types';

export const actions: Actions = named({ default: importWorkflow });
