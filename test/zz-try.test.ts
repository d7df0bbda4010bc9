import { test, expect } from '@jest/globals';
import { pipeline, build } from './support/pipeline.ts';
test('x', async () => {
  for (let i=0;i<3;i++){ const t=performance.now();
  const s = pipeline(); const e = await build(s);
  console.log(e.status, performance.now()-t, s.cloud.calls.length, s.cloud.calls.filter(c=>!c.by).length, JSON.stringify([...new Set(s.cloud.calls.map(c=>c.by+' '+c.service+':'+c.action))].sort(),null,0));}
  const s = pipeline({scenario:{delays:{apiCall:3}}}); const e = await build(s);
  console.log(e.status, e.error, e.cause?.slice(0,300), s.cloud.calls.length, s.cloud.calls.filter(c=>!c.by).length, JSON.stringify([...new Set(s.cloud.calls.filter(c=>/Beat|beat/.test(c.action)).map(c=>c.by+' '+c.action+' '+c.error))]));
  expect(1).toBe(1);
}, 60000);
