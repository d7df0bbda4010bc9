/** `region-stacks.json`: the regions whose stack of `golden regions` sends the events of AMIs to the pipeline. */
export interface RegionStacks {
  regions: string[];
}
