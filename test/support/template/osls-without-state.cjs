// Loaded into osls by packaged-once.ts. Besides the template, osls writes its state for a later `osls deploy`. To find objects that
// hold each other, json-cycle compares each of thousands with all others, which takes a third of osls' time. No test reads the state.
// osls would also load undici, for parts of its settings that lie on a web server. None of ours do.
const { createRequire } = require('node:module');

const osls = createRequire(require.resolve('serverless'));
osls('json-cycle').stringify = () => '{}';
require.cache[osls.resolve('undici')] = { exports: {}, loaded: true };
