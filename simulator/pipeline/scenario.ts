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
const tags = z.record(z.string(), z.string()).default({});
const network = z.strictObject({
  /** `without subnets`: the default subnets were deleted. */
  defaultVpc: z.enum(['present', 'absent', 'without subnets']).default('present'),
  /** Rules of default security groups: `empty` allows no outgoing traffic. */
  defaultGroup: z.enum(['usual', 'empty']).default('usual'),
  /** VPCs with tags. Others are there by the subnets and groups in them. */
  vpcs: z.array(z.strictObject({ id: vpc, tags })).default([]),
  subnets: z
    .array(
      z.strictObject({
        id: z.string().regex(/^subnet-[0-9a-f]+$/, 'is an id such as subnet-0123456789abcdef0'),
        vpc,
        zone: z.enum(['a', 'b', 'c']).default('a'),
        tags,
        /** The target of the default route. */
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
        tags,
        egress: z.enum(['all', 'none']).default('all'),
        ingress: z.enum(['all', 'none']).default('none'),
      }),
    )
    .default([]),
  /** Endpoints of AWS services in a VPC: ssm, ssmmessages, ec2messages, s3. */
  endpoints: z.array(z.strictObject({ vpc, service: z.string() })).default([]),
});

/** The content of a scenario file: the delays, answers and outcomes of the simulated AWS that differ from the default. */
const scenarioSchema = z.strictObject({
  seed: z.int().optional(),
  /**
   * Whether the rules (commands, api, images, agents, instances) also hit the builds that `golden simulate` runs first for
   * channels.
   */
  parents: z.boolean().default(false),
  /** Uses the long delays and mishaps that users of AWS measured, instead of a perfect AWS. */
  rough: z.boolean().default(false),
  /** The probability of each mishap, per occasion. */
  rates: rates.default({}),
  /** Quotas of an account in a region. */
  vcpuLimit: z.int().min(0).optional(),
  spotVcpuLimit: z.int().min(0).optional(),
  instanceLimit: z.int().min(0).optional(),
  imageLimit: z.int().min(0).optional(),
  publicImageLimit: z.int().min(0).optional(),
  imageUserLimit: z.int().min(0).optional(),
  pendingSnapshotLimit: z.int().min(0).optional(),
  /** Whether the instance profile lets the agent write command output to the bucket. */
  commandOutput: z.enum(['arrives', 'refused']).default('arrives'),
  /** Opt-in regions that the account has not enabled, even if recipes name them. */
  disabledRegions: z.array(z.string()).default([]),
  /** Allowed AMIs of the account, in every region: the owners whose images it may see. */
  allowedImages: z
    .strictObject({
      state: z.enum(['disabled', 'audit-mode', 'enabled']).default('enabled'),
      /** `amazon`, account ids. */
      providers: z.array(z.string()).default([]),
    })
    .prefault({ state: 'disabled' }),
  /** Whether the account blocks public AMIs, in every region. AWS does so by default. */
  blockPublicImages: z.boolean().default(true),
  /** Retention rules of the Recycle Bin. A rule with a tag is only for things that carry the tag. */
  recycleBin: z
    .array(
      z.strictObject({
        region: z.string().optional(),
        kind: z.enum(['image', 'snapshot']),
        // https://docs.aws.amazon.com/ebs/latest/userguide/recycle-bin.html: at most a year
        days: z.int().min(1).max(365),
        tag: z.strictObject({ key: z.string(), value: z.string().optional() }).optional(),
      }),
    )
    .default([]),
  /** Where DeregisterImage deletes no snapshots although it should, with EC2's code for each of them. */
  undeleted: z
    .array(
      z.strictObject({
        region: z.string().optional(),
        code: z.enum(['missing-permissions', 'internal-error', 'client-error']),
      }),
    )
    .default([]),
  /** The spot market: its price in dollars for an hour, the same for all types. `absent`: it has no instance. */
  spot: z
    .strictObject({
      price: z.number().min(0).default(0.007),
      capacity: z.enum(['present', 'absent']).default('present'),
    })
    .prefault({}),
  /** Dedicated Hosts of the account in every region, each for one family and so many instances. */
  dedicatedHosts: z
    .array(
      z.strictObject({
        id: z.string().regex(/^h-[0-9a-f]+$/, 'is an id such as h-0123456789abcdef0'),
        family: z.string(),
        zone: z.enum(['a', 'b', 'c']).default('a'),
        instances: z.int().min(0).default(8),
      }),
    )
    .default([]),
  /** Names of the placement groups of the account. */
  placementGroups: z.array(z.string()).default([]),
  /** Key pairs of the account in every region. */
  keyPairs: z.array(z.strictObject({ name: z.string(), type: z.enum(['rsa', 'ed25519']).default('rsa') })).default([]),
  /** The pipeline's network in every region. Default: the default VPC with a public subnet in each of three zones. */
  network: network.prefault({}),
  /** Fixed seconds instead of draws, everywhere or by region. */
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
  /** Errors of the n-th matching call and the `times - 1` calls after it. The call has no effect, unless `after` is set. */
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
  /** Image creations and copies that end in state failed, with encrypted snapshots under another key than requested, or late. */
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
        .refine((rule) => rule.fail !== undefined || rule.key !== undefined || rule.afterSeconds !== undefined, {
          path: ['fail'],
          error: 'is required where neither key nor afterSeconds is given',
        })
        .refine(({ fail, key }) => fail === undefined || key === undefined, {
          path: ['key'],
          error: 'does not go with fail',
        }),
    )
    .default([]),
  /** Instances, by their golden:role tag, whose agents never come online. */
  agents: z.array(z.strictObject({ role: z.string(), online: z.boolean() })).default([]),
  /** Instances, by their golden:role tag, that end during the build; the first `times` in each region. */
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
  /** The account's EBS encryption by default, in one region or in every region, and its default key: aws/ebs if omitted. */
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

/** An invalid scenario document, with all its problems. */
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
