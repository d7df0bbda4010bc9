import * as z from 'zod/mini';
import { collectPageFacts, pagePermissions } from '../../aws/report/build-facts.ts';
import { writePage as writeHtml } from '../../aws/memory/artifacts.ts';
import { write } from '../../aws/memory/documents.ts';
import { buildOfEvent, executionOfEvent } from '../../aws/work/told-builds.ts';
import { pageObject } from '../../core/memory/documents.ts';
import { pageOfBuild } from '../../core/report/page/page-of-build.ts';
import { lambda, stage } from '../stage.ts';

/**
 * Writes the page of a build beside its manifest. The event of an ended build calls it, or that of an ended clean-up, which wrote the
 * manifest of a build that died. Nobody waits for the page. An event that comes twice writes the same page again.
 */
export const writePage = stage({
  name: 'WritePage',
  input: z.looseObject({ detail: z.looseObject({ executionArn: z.string() }) }),
  permissions: [...pagePermissions, 's3:PutObject', 'states:DescribeExecution'],
  async run(event, cloud) {
    const identity = await buildOfEvent(cloud.aws, event);
    if (!identity) return 'the execution names no build';
    cloud.about(identity);
    const execution = await executionOfEvent(cloud.aws, cloud.machine, event);
    const facts = await collectPageFacts(cloud, identity, execution);
    if (!facts || facts.manifest.status === 'up-to-date') return 'nothing was built';
    const { buildPage } = await import('../../pages/build/build-page.ts');
    await writeHtml(cloud, pageObject.key(identity), buildPage(pageOfBuild(facts)));
    // The page of the next build compares its packages with these. The output that they are from expires.
    if (facts.packages) await write(cloud, identity, 'packages', facts.packages);
    return pageObject.key(identity);
  },
});

export const handler = lambda(writePage);
