/** Bytes in memory of their own, which a `Blob` takes: what TypeScript from 5.7 on calls `Uint8Array<ArrayBuffer>`. */
export type Bytes = ReturnType<Uint8Array['slice']>;
