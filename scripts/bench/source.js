/** Loads the app's own modules from source, for what is measured without a server. */
import path from 'node:path';
import process from 'node:process';
import { createServer } from 'vite';

export async function openSource() {
	const vite = await createServer({
		configFile: false,
		logLevel: 'error',
		appType: 'custom',
		server: { middlewareMode: true, watch: null, ws: false },
		optimizeDeps: { noDiscovery: true },
		resolve: { alias: { $lib: path.resolve('src/lib') } }
	});
	return {
		/** @param {string} module below src/lib, such as `server/db/client` @returns {Promise<any>} */
		load: (module) => vite.ssrLoadModule(path.join(process.cwd(), 'src', 'lib', `${module}.ts`)),
		close: () => vite.close()
	};
}
