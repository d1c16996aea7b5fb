import { modelAmong } from './modelAmong.ts';
import type { LoadOptions, OpenedSource } from './source.ts';

/** Finds the model among the files that were dropped into a page or chosen in it. */
export async function openBlobs(blobs: readonly Blob[], { signal, onProgress }: LoadOptions): Promise<OpenedSource> {
  const files = new Map<string, () => Promise<Uint8Array>>();
  for (const blob of blobs) {
    const path = pathOf(blob);
    if (files.has(path)) throw new Error(`"source" expected files of one model, got two of the name "${path}"`);
    files.set(path, async () => new Uint8Array(await blob.arrayBuffer()));
  }
  const source = await modelAmong(files, 'the given files');
  signal?.throwIfAborted();
  const { length } = source.content as Uint8Array;
  onProgress?.({ stage: 'file', done: length, total: length });
  return source;
}

function pathOf(blob: Blob): string {
  const { webkitRelativePath: path, name } = blob as Partial<File>;
  return path || name || 'the given file';
}
