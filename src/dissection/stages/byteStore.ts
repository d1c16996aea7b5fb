/** Where bytes are kept under names: a `Map`, or anything else of this form, such as a folder of files. */
export interface ByteStore {
  /** What is kept under a name; nothing if nothing is. */
  get(name: string): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /** Keeps bytes under a name; a promise that is returned is waited for. */
  set(name: string, bytes: Uint8Array): unknown;
}
