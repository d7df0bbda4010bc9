// `npm run test:aws`: asks AWS what no emulator knows, for people with credentials. Creates nothing, and says so and asks
// nothing where there are no credentials. Ends, like `npm test`, with the counts on one plain line.
import { join } from 'node:path';
import { ensureInstalled } from './setup.mjs';

await ensureInstalled();
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
const { buildTestTree, testTree } = await import('./test-tree.mjs');
await buildTestTree();
const { main } = await import(join(testTree, 'test/account/test-account.ts.js'));
await main();
