import type { BuildIdentity } from '../../../core/tags.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import type { Execution } from '../../../simulator/states/step-functions.ts';
import type { Violation } from '../judge/violation.ts';
import type { MachineName } from '../machines.ts';
import type { Observed } from '../places.ts';
import type { FaultScenario, Shape, Strike } from '../vocabulary.ts';
import type { SeenFacts } from './facts.ts';

/** What an operation works on. */
export interface Prepared {
  simulation: Simulation;
  /** The deployed recipes. A change is a deployment. */
  recipes: Record<string, object>;
  /** The builds that were made before, oldest first. */
  builds: BuildIdentity[];
}

/** One kind of execution on published images, such as a rollback: a row of the matrix. */
export interface OperationRow {
  machine: MachineName;
  /** The recipes that are built before, in turn. */
  builds: string[];
  /** The targets of these recipes, if they differ from the usual ones. */
  shape?: Shape;
  /** The region whose image another account copies. */
  lent?: string;
  /** What somebody does after these builds, and before the operation. */
  prepare?: (prepared: Prepared, scenario: FaultScenario) => Promise<void>;
  /** The input of the execution. */
  input: (prepared: Prepared) => Record<string, unknown>;
  start: (simulation: Simulation, input: Record<string, unknown>) => string;
  /** Whether the input may have the key `plan`. The judge compares the execution with its plan. */
  hasPlan: boolean;
  /** The places that are struck. Absent where all are that the operation comes through. */
  only?: RegExp;
  judge: (trial: OperationTrial) => Violation[];
  /** Ways in which the operation fails or dies, so that its machine undoes it. The states that undo are struck then. */
  undone?: Record<string, Strike[]>;
}

/** The result of an operation. */
export interface OperationTrial {
  scenario: FaultScenario;
  prepared: Prepared;
  /** What the plan of the operation says. Undefined if the plan was refused, or if there is none. */
  planned: Record<string, unknown> | undefined;
  /** The plan was refused, so the operation is, too. */
  isRefused: boolean;
  /** The execution, and the one that was started again by hand. */
  first: Execution;
  second: Execution | undefined;
  /** All executions since the operation began, those that undo it among them. */
  executions: Execution[];
  before: SeenFacts;
  after: SeenFacts;
  documentsBefore: SeenFacts;
  documents: SeenFacts;
  /** Number of calls before the operation. */
  callsBefore: number;
  observed: Map<string, Observed>;
  struck: Set<Strike>;
  logs: Record<string, unknown>[];
}
