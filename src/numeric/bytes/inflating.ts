/**
 * What compressed bytes become, part by part as they are asked for: who reads it decides how much that may be.
 *
 * @param parts the compressed bytes, one after the other.
 * @param format `'deflate-raw'` as in zip, `'deflate'` with a head and a checksum as in PNG.
 */
export function inflating(parts: readonly Uint8Array[], format: 'deflate' | 'deflate-raw'): ReadableStream<Uint8Array> {
  return new Blob(parts as Uint8Array<ArrayBuffer>[]).stream().pipeThrough(new DecompressionStream(format));
}
