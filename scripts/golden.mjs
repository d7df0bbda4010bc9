#!/usr/bin/env node
import { join } from 'node:path';
import { root } from './setup.mjs';
import { run } from './run.mjs';

await run(join(root, 'cli/golden.ts'), process.argv.slice(2));
