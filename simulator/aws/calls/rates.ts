/** The probability of each mishap, per occasion. */
export interface Rates {
  /** RunInstances finds no capacity in the zone. */
  noCapacity: number;
  /** The agent of a running instance never comes online. */
  agentLost: number;
  /** An instance is taken away some minutes after its launch, as a spot instance is. */
  interrupted: number;
  /** CreateImage ends in state failed. */
  imageFails: number;
  /** CopyImage ends in state failed. */
  copyFails: number;
  /** A call of EC2 or SSM does not see changes of the last five seconds. */
  lateReads: number;
  /** A call of EC2 or SSM does not see changes of up to the last two and a half minutes. */
  staleReads: number;
  /** A call takes effect, but its answer is lost with the connection. */
  lostAnswers: number;
  /** An event never comes. */
  eventsLost: number;
  /** An event comes twice. */
  eventsDoubled: number;
  /** An event comes a minute to a day late. */
  eventsLate: number;
}

export const noRates: Rates = {
  noCapacity: 0,
  agentLost: 0,
  interrupted: 0,
  imageFails: 0,
  copyFails: 0,
  lateReads: 0,
  staleReads: 0,
  lostAnswers: 0,
  eventsLost: 0,
  eventsDoubled: 0,
  eventsLate: 0,
};

/** The rates of `rough: true`. Their sources are in docs/simulator.md. */
export const roughRates: Rates = {
  noCapacity: 0.005,
  agentLost: 0.001,
  interrupted: 0,
  imageFails: 0.003,
  copyFails: 0.003,
  lateReads: 0.1,
  staleReads: 0.01,
  lostAnswers: 0.002,
  eventsLost: 0.005,
  eventsDoubled: 0.01,
  eventsLate: 0.001,
};

export const rateNames = Object.keys(noRates) as (keyof Rates)[];
