import type { SendCommandRequest } from '@aws-sdk/client-ssm';
import type { SecretQuestion } from '../../../core/guest/steps/secret-questions.ts';
import type { Scenario } from '../../pipeline/scenario.ts';
import type { Document } from '../ssm/documents.ts';
import type { Instance } from './instances.ts';

// Commands and their invocations as the simulated Systems Manager keeps them.

export interface SsmCommand {
  id: string;
  owner: string;
  region: string;
  documentName: string;
  documentVersion: string;
  document: Document;
  comment: string;
  /** The name at the end of the comment. */
  step: string;
  parameters: Record<string, string[]>;
  /** The script that the guest runs, for a document that runs scripts. */
  script: string;
  /** The variables that the command sets for its script. */
  environment: Record<string, string>;
  /** The variables with disks that the command looks for, each with the end of the disk's device. */
  disks: Record<string, string>;
  /** The secrets that the command reads for its script. */
  secrets: SecretQuestion[];
  timeoutSeconds: number;
  executionTimeout: number;
  outputBucket: string | undefined;
  outputPrefix: string | undefined;
  cloudWatch: SendCommandRequest['CloudWatchOutputConfig'];
  maxConcurrency: string;
  maxErrors: string;
  sentAt: number;
  rule: Scenario['commands'][number] | undefined;
  invocations: CommandInvocation[];
  /** The last status sent to EventBridge. */
  toldStatus?: string;
}

export interface CommandInvocation {
  command: SsmCommand;
  instance: Instance;
  status: 'Pending' | 'InProgress' | 'Success' | 'Failed' | 'TimedOut' | 'Cancelling' | 'Cancelled';
  details: string;
  /** Until then GetCommandInvocation does not find it. */
  visibleAt: number;
  startedAt?: number;
  endedAt?: number;
  /** The step that it failed in, if that was not the script. */
  failedStep?: 'downloadContent';
  responseCode: number;
  stdout: string;
  stderr: string;
  finished(status: CommandInvocation['status'], details?: string): void;
}
