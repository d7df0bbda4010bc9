import type { Execution } from '../simulator/states/step-functions.ts';
import { createSimulation, type Simulation } from '../simulator/pipeline/simulation.ts';

/** Counts the EC2 calls of one build by state: the pipeline's own region, five copies and ten accounts, one step, one check. */

const home = 'us-east-1';
const regions = [home, 'eu-west-1', 'ap-southeast-2', 'us-west-2', 'eu-central-1', 'ap-northeast-1'];
const accounts = Array.from({ length: 10 }, (_, index) => String(300000000000 + index));
const copySeconds = [52, 70, 88, 105, 123];

const recipe = {
  name: 'base',
  description: 'a base image',
  source: { parameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64', owner: 'amazon' },
  builder: {
    instanceTypes: ['t3.small'],
    instanceProfile: 'golden-image-builder',
    rootVolume: { sizeGiB: 8, encrypted: true, kmsKey: 'alias/golden' },
  },
  provision: [{ name: 'patch', run: 'dnf -y upgrade' }],
  checks: [{ name: 'boots', run: 'true' }],
  image: { imds: 'v2' },
  distribute: regions.map((region) => ({ region, accounts, ...(region !== home && { kmsKey: 'alias/golden' }) })),
  publish: { channel: 'stable' },
};

const delays = {
  instanceRunning: 18,
  osBootAmazonLinux: 4,
  agentOnline: 10,
  commandPatch: 5,
  commandOther: 5,
  instanceStop: 31,
  createImage: 97,
  copyImage: Object.fromEntries(regions.slice(1).map((region, index) => [region, copySeconds[index] ?? 0])),
  instanceTerminate: 23,
};

const outcomes: Record<string, object> = {
  published: {},
  'failed at a check': { commands: [{ step: 'boots', exitCode: 1 }] },
  'failed at a copy': { images: [{ region: 'ap-northeast-1', name: '*', fail: 'internal error' }] },
  'failed at Publish': {
    api: [{ action: 'ssm:PutParameter', region: 'eu-west-1', times: 50, error: 'ParameterLimitExceeded' }],
  },
};

async function build(outcome: object): Promise<{ simulation: Simulation; execution: Execution }> {
  const catalog = { recipes: { base: recipe }, scripts: {}, version: '1.0.0' };
  const simulation = createSimulation({ catalog, scenario: { delays, ...outcome } });
  return { simulation, execution: await simulation.finish(simulation.start({ recipe: 'base' })) };
}

for (const [name, outcome] of Object.entries(outcomes)) {
  const { simulation, execution } = await build(outcome);
  const calls = simulation.cloud.calls.filter(({ service }) => service === 'ec2');
  const states = [...new Set(calls.map(({ by = 'nobody' }) => by))];
  console.log(`${name}: ${calls.length} EC2 calls, ${execution.status} ${execution.error ?? ''}`);
  for (const state of states) {
    const ofState = calls.filter(({ by = 'nobody' }) => by === state);
    const actions = [...new Set(ofState.map(({ action }) => action))];
    const words = actions.map((one) => `${ofState.filter(({ action }) => action === one).length} ${one}`).join(', ');
    console.log(`  ${String(ofState.length).padStart(4)}  ${state.padEnd(20)}${words}`);
  }
  console.log();
}
