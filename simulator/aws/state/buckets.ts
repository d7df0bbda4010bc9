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
  objects: StoredObjects;
}

/** The objects of a bucket by key. Their keys are also kept in order, because S3 lists by prefix and in order. */
export class StoredObjects extends Map<string, StoredObject> {
  readonly #keys: string[] = [];

  override set(key: string, object: StoredObject): this {
    if (!this.has(key)) this.#keys.splice(this.#placeOf(key), 0, key);
    return super.set(key, object);
  }

  override delete(key: string): boolean {
    if (this.has(key)) this.#keys.splice(this.#placeOf(key), 1);
    return super.delete(key);
  }

  override clear(): void {
    this.#keys.length = 0;
    super.clear();
  }

  /** The keys that begin with a prefix, in order. */
  keysBelow(prefix: string): string[] {
    const from = this.#placeOf(prefix);
    let to = from;
    while (this.#keys[to]?.startsWith(prefix)) to++;
    return this.#keys.slice(from, to);
  }

  /** Where a key stands among the keys, or would stand. */
  #placeOf(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
