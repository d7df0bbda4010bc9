// Tasks that store an AMI in S3, as the simulated EC2 keeps them.

export interface StoreTask {
  image: string;
  owner: string;
  bucket: string;
  object: string;
  state: 'InProgress' | 'Completed' | 'Failed';
  failure?: string;
  startedAt: number;
  /** When the task is expected to end. Its progress is computed from this. */
  endsAt: number;
  gib: number;
}
