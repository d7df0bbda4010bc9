// `npm run test:aws`: tests against real AWS what no emulator knows, for people with credentials. Creates nothing. Without
// credentials, it says so and makes no calls. Like `npm test`, it ends with the counts on one plain line.
import { join } from 'node:path';
import { ensureInstalled } from './setup.mjs';

await ensureInstalled();
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
const { buildTestTree, testTree } = await import('./test-tree.mjs');
await buildTestTree();
const { main } = await import(join(testTree, 'test/account/test-account.ts.js'));
await main();
