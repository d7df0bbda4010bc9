// Buckets and objects as the simulated S3 keeps them.

export interface StoredObject {
  body: Buffer;
  etag: string;
  type: string | undefined;
  encryption: string | undefined;
  keyId: string | undefined;
  metadata: Record<string, string> | undefined;
  at: number;
}

export interface Bucket {
  name: string;
  region: string;
  objects: Map<string, StoredObject>;
}
