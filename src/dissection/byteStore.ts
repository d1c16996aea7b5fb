/** Where bytes are kept under names: a `Map`, or anything else of this form, such as a folder of files. */
export interface ByteStore {
  get(name: string): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  set(name: string, bytes: Uint8Array): unknown;
}
