// A pipeline of several recipes with three months of builds, for its page.
import type { BuildOnPage, ChannelOnPage, PipelineFacts } from '../../core/report/page/pipeline-facts.ts';

const day = 86_400_000;
const now = Date.parse('2026-11-23T12:00:00Z');
const recipes = ['al2023-base', 'al2023-web', 'ubuntu-2404-docker', 'windows-2025-base', 'eks-node', 'jenkins-agent'];
const places = ['us-east-1', 'eu-central-1', 'eu-west-1', 'ap-southeast-2', 'sa-east-1'];

const idOf = (at: number) =>
  `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}-9f2c`;

function buildsOfRecipe(recipe: string, which: number): BuildOnPage[] {
  return Array.from({ length: 14 + 2 * which }, (_, index): BuildOnPage => {
    const startedAt = now - (89 - (index * 89) / (14 + 2 * which)) * day;
    const fails = (index * 7 + which * 3) % 11 === 0 || (which === 3 && index > 17);
    return {
      recipe,
      build: idOf(startedAt),
      startedAt,
      status: fails ? 'failed' : index % 5 === 4 ? 'up-to-date' : 'published',
      seconds: 500 + 60 * which + 9 * index,
      usd: index % 5 === 4 && !fails ? null : 0.12 + 0.1 * which,
      snapshotsPerMonth: 1.2 + which,
      error: fails ? 'ProvisionFailed in AwaitCommand' : null,
      cause: fails ? '"harden" (command 362f3bfa) on i-0af02b570f8ee5b9d in us-east-1: Failed, exit code 3' : null,
      left: fails && index === 0 && which === 0 ? ['snap-0123456789abcdef0 in eu-west-1'] : [],
    };
  });
}

/** @param healthy Whether every channel is well and every newest build was published. */
export function pipelineFacts(healthy = false): PipelineFacts {
  const builds = recipes.flatMap(buildsOfRecipe);
  const channels = recipes.flatMap((recipe, which) =>
    places.slice(0, 3 + (which % 3)).map((place, index): ChannelOnPage => {
      const sick = !healthy && which === 1 && index === 2;
      const behind = !healthy && which === 4 && index === 1;
      const createdAt = now - (which * 5 + (behind ? 30 : 3)) * day;
      return {
        recipe,
        channel: 'stable',
        place,
        ami: `ami-${which}${index}`,
        build: idOf(createdAt),
        createdAt: new Date(createdAt).toISOString(),
        health: sick ? 'deprecated' : 'healthy',
        drifts:
          !healthy && which === 2 && index === 0 ? ['999988887777 may launch it, which the recipe does not say'] : [],
      };
    }),
  );
  return {
    name: 'golden-image-dev',
    region: 'us-east-1',
    now,
    days: 90,
    channels,
    builds: healthy ? builds.filter(({ status }) => status !== 'failed') : builds,
  };
}
