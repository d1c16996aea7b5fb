import { readParts } from './readParts.ts';

/**
 * All bytes of a stream; each part is shown as it comes, and an error at that stops the stream. (A `Response` would
 * collect them too, but browsers put "Failed to fetch" in place of the reason why a stream broke off.)
 */
export async function collected(
  stream: ReadableStream<Uint8Array>,
  visit: (part: Uint8Array) => void = () => {},
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  await readParts(stream, (part) => {
    visit(part);
    parts.push(part);
    return false;
  });
  return new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}
