import {
  lambdaGiB,
  lambdaGiBSecond,
  lambdaRequest,
  logBytesOfCall,
  logGB,
  s3Get,
  s3Put,
  stateTransition,
} from '../core/report/prices.ts';

interface Orchestrated {
  transitions: number;
  /** Invocations of Lambda functions, with those that `wake` answers events with. */
  invocations: number;
  /** Seconds that the functions ran. */
  seconds: number;
  gets: number;
  /** Writes and lists. */
  puts: number;
}

/**
 * US dollars for running the pipeline itself, without the instances, volumes, copies and metrics of the image. EventBridge
 * charges nothing for events that AWS services send.
 */
export const orchestrationCost = ({ transitions, invocations, seconds, gets, puts }: Orchestrated): number =>
  transitions * stateTransition +
  invocations * lambdaRequest +
  seconds * lambdaGiB * lambdaGiBSecond +
  (invocations * logBytesOfCall * logGB) / 1e9 +
  gets * s3Get +
  puts * s3Put;
