import type { Manifest } from '../../build/manifest.ts';
import type { Plan } from '../../build/plan.ts';
import type { Timing } from '../../build/timings.ts';
import type { Package } from '../../guest/inventory.ts';
import type { BuildIdentity } from '../../tags.ts';
import type { SentCommand } from './sent-commands.ts';

/** The end of one stream of a command's output, and the length of all of it. */
export interface OutputEnd {
  text: string;
  bytes: number;
}

/** The output of a step or a check. `name` is absent where the execution that sent the command is forgotten. */
export interface CommandOutput extends Partial<SentCommand> {
  command: string;
  stdout?: OutputEnd;
  stderr?: OutputEnd;
}

/** A build whose image is the source image of a later one. */
export interface Ancestor extends BuildIdentity {
  ami: string;
}

/** Everything that the page of a build is made of. Nothing of it is read for the page alone but output and packages. */
export interface PageFacts {
  manifest: Manifest;
  /** Absent for a build that failed before it was planned. */
  plan?: Plan | undefined;
  /** From the history of the execution, else from the manifest, which lacks the visits after it was written. */
  timings: Timing[];
  /** ARN. Absent where it is not known. */
  execution?: string | undefined;
  outputs: CommandOutput[];
  /** What the builder had installed. Absent where no inventory arrived. */
  packages?: Package[] | undefined;
  /** The published build that this one replaces. */
  before?: { plan: Plan; packages?: Package[] | undefined } | undefined;
  /** From the parent on: our own builds that the source image descends from. */
  ancestors: Ancestor[];
  /** Of a build of several variants: the manifests of their builds. */
  variants?: Manifest[];
  /** Where the build's documents are. */
  bucket: string;
}
