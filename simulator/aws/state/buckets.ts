// Buckets and objects as the simulated S3 keeps them.

export interface StoredObject {
  body: Buffer;
  etag: string;
  type: string | undefined;
  encryption: string | undefined;
  keyId: string | undefined;
  metadata: Record<string, string> | undefined;
  /** Absent: S3 Standard. */
  storageClass?: string;
  /** Of an object in cold storage: S3's header about a copy that can be read. */
  restore?: string;
  at: number;
}

export interface Bucket {
  name: string;
  region: string;
  /** Absent: the account that the scenario is about. */
  owner?: string;
  objects: Map<string, StoredObject>;
}
