export const createPlt = () => ({});
