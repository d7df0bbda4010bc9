import * as z from 'zod';
import { formatProblems, type Problem } from '../../core/recipe/problems.ts';
import { explain } from '../../core/recipe/explain.ts';
import { delayNames, type DelayOverrides } from '../aws/delays.ts';
import { rateNames, type Rates } from '../aws/calls/rates.ts';

const seconds = z.number().min(0);
const times = z.int().positive();

const delays = z
  .strictObject(
    Object.fromEntries(delayNames.map((name) => [name, z.union([seconds, z.record(z.string(), seconds)]).optional()])),
  )
  .transform((overrides) => overrides as DelayOverrides);

const rates = z
  .strictObject(Object.fromEntries(rateNames.map((name) => [name, z.number().min(0).max(1).optional()])))
  .transform((given) => given as Partial<Rates>);

const vpc = z.string().regex(/^vpc-[0-9a-f]+$/, 'is an id such as vpc-0123456789abcdef0');
const network = z.strictObject({
  /** `without subnets`: somebody has deleted the default subnets. */
  defaultVpc: z.enum(['present', 'absent', 'without subnets']).default('present'),
  /** Rules of default security groups: `empty` lets nothing out. */
  defaultGroup: z.enum(['usual', 'empty']).default('usual'),
  subnets: z
    .array(
      z.strictObject({
        id: z.string().regex(/^subnet-[0-9a-f]+$/, 'is an id such as subnet-0123456789abcdef0'),
        vpc,
        /** Where the default route leads. */
        route: z.enum(['internet', 'nat', 'transit', 'none']).default('nat'),
        publicIp: z.boolean().default(false),
        /** The account that owns the VPC and shares the subnet. Default: the pipeline's own. */
        sharedBy: z
          .string()
          .regex(/^\d{12}$/, 'is an account of 12 digits')
          .optional(),
        freeAddresses: z.int().min(0).default(4091),
      }),
    )
    .default([]),
  securityGroups: z
    .array(
      z.strictObject({
        id: z.string().regex(/^sg-[0-9a-f]+$/, 'is an id such as sg-0123456789abcdef0'),
        /** Default: the default VPC. */
        vpc: vpc.optional(),
        egress: z.enum(['all', 'none']).default('all'),
      }),
    )
    .default([]),
  /** Endpoints of AWS services in a VPC: ssm, ssmmessages, ec2messages, s3. */
  endpoints: z.array(z.strictObject({ vpc, service: z.string() })).default([]),
});

/** What a scenario file may say: which delays, answers and outcomes of the simulated AWS differ from the usual. */
const scenarioSchema = z.strictObject({
  seed: z.int().optional(),
  /**
   * Whether the rules (commands, api, images, agents, instances) also hit builds that `golden simulate` does first, for
   * their channels.
   */
  parents: z.boolean().default(false),
  /** The long tails and mishaps that users of AWS measured, instead of an AWS on a good day. */
  rough: z.boolean().default(false),
  /** How often things go wrong by themselves, of all times they could. */
  rates: rates.default({}),
  /** Quotas of an account in a region. */
  vcpuLimit: z.int().min(0).optional(),
  instanceLimit: z.int().min(0).optional(),
  /** Whether the agent may write output of commands into the bucket, by its instance profile. */
  commandOutput: z.enum(['arrives', 'refused']).default('arrives'),
  /** Regions to opt in to that the account has not enabled, whatever the recipes name. */
  disabledRegions: z.array(z.string()).default([]),
  /** Allowed AMIs of the account, in every region: whose images it may see. */
  allowedImages: z
    .strictObject({
      state: z.enum(['disabled', 'audit-mode', 'enabled']).default('enabled'),
      /** `amazon`, account ids. */
      providers: z.array(z.string()).default([]),
    })
    .prefault({ state: 'disabled' }),
  /** The pipeline's network, in every region: without it, the default VPC with a public subnet in each of three zones. */
  network: network.prefault({}),
  /** Seconds in place of a draw, everywhere or by region. */
  delays: delays.default({}),
  /** The outcome of commands by step: the name after the first space of the command's Comment. */
  commands: z
    .array(
      z.strictObject({
        step: z.string(),
        exitCode: z.int().default(0),
        stdout: z.string().optional(),
        stderr: z.string().optional(),
        seconds: seconds.optional(),
        times: times.optional(),
        status: z.enum(['TimedOut', 'Cancelled', 'Undeliverable']).optional(),
      }),
    )
    .default([]),
  /** Errors in place of (or, with `after`, on top of) the n-th matching call and the `times - 1` that follow it. */
  api: z
    .array(
      z.strictObject({
        action: z
          .string()
          .regex(
            /^(ec2|ssm|s3|sfn|eventbridge|sns|kms):[A-Z]\w+$/,
            'an action is written service:Action, such as ec2:CopyImage',
          ),
        region: z.string().optional(),
        call: times.default(1),
        times: times.optional(),
        error: z.string(),
        message: z.string().optional(),
        after: z.boolean().default(false),
      }),
    )
    .default([]),
  /** Makings and copies that end in state failed, or with encrypted snapshots under another key than was asked for. */
  images: z
    .array(
      z
        .strictObject({
          region: z.string().optional(),
          name: z.string(),
          fail: z.string().optional(),
          key: z.string().optional(),
          afterSeconds: seconds.optional(),
        })
        .refine(({ fail, key }) => fail !== undefined || key !== undefined, {
          path: ['fail'],
          error: 'is required where no key is given',
        })
        .refine(({ fail, key }) => fail === undefined || key === undefined, {
          path: ['key'],
          error: 'does not go with fail',
        }),
    )
    .default([]),
  /** Instances, by their golden:role tag, whose agent never comes online. */
  agents: z.array(z.strictObject({ role: z.string(), online: z.boolean() })).default([]),
  /** Instances, by their golden:role tag, that end under the build; the first `times` of each region. */
  instances: z
    .array(
      z.strictObject({
        role: z.string(),
        dies: z.strictObject({ afterSeconds: seconds, reason: z.string().optional() }),
        times: times.optional(),
      }),
    )
    .default([]),
  keys: z
    .array(
      z.strictObject({
        region: z.string(),
        alias: z.string(),
        state: z.enum(['enabled', 'disabled']).default('enabled'),
      }),
    )
    .default([]),
  /** EBS encryption by default of the account, in one region or in every region, and its default key: aws/ebs if left out. */
  encryption: z
    .array(
      z.strictObject({
        region: z.string().optional(),
        byDefault: z.boolean().default(true),
        key: z.string().optional(),
      }),
    )
    .default([]),
});

export type Scenario = z.output<typeof scenarioSchema>;

/** A scenario document that cannot be followed, with everything that is wrong with it. */
export class ScenarioWrong extends Error {
  readonly problems: Problem[];
  constructor(problems: Problem[]) {
    super(`the scenario is wrong:\n${formatProblems(problems, () => undefined)}`);
    this.problems = problems;
  }
}

/** @throws ScenarioWrong */
export function parseScenario(document: unknown): Scenario {
  const { problems } = explain(scenarioSchema, document ?? {});
  if (problems.length > 0) throw new ScenarioWrong(problems);
  return scenarioSchema.parse(document ?? {});
}
