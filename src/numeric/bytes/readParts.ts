/**
 * Shows each part of a stream as it comes; the stream is stopped where `visit` says that it has enough, or fails.
 *
 * @param visit says whether it has enough.
 */
export async function readParts(
  stream: ReadableStream<Uint8Array>,
  visit: (part: Uint8Array) => boolean,
): Promise<void> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      if (!visit(next.value)) continue;
      await reader.cancel();
      return;
    }
  } catch (cause) {
    await reader.cancel(cause).catch(() => {});
    throw cause;
  }
}
