import { owned } from '../../backend/owned.ts';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { modelAmong } from './modelAmong.ts';
import { parseJson } from './modelJson.ts';
import { openAddress } from './openAddress.ts';
import { isHandler, openHandler } from './openHandler.ts';
import type { LoadOptions, ModelFiles, ModelSource, OpenedSource } from './source.ts';

/** Reads the file that describes a model, and finds those that it may name. */
export async function openSource(source: ModelSource, options: LoadOptions = {}): Promise<OpenedSource> {
  if (typeof source === 'string' || source instanceof URL) return openAddress(source, options);
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) return fromBytes(source);
  if (source instanceof Blob) return openBlobs([source], options);
  if (isHandler(source)) return openHandler(source, 'the model of the handler');
  if (isModelFiles(source)) {
    const { json, name = 'model.json' } = source;
    // What is copied calls itself for each level.
    if (typeof json === 'object' && !ArrayBuffer.isView(json) && !(json instanceof ArrayBuffer)) parseJson(json, name);
    return fromCaller(...(await owned(source)));
  }
  if (isBlobs(source)) return openBlobs([...source], options);
  throw new VitrineError(
    'bad-argument',
    `"source" expected an address, bytes, files, {json, read} or a handler of tf.io, got ${describe(source)}`,
  );
}

function fromBytes(source: Uint8Array | ArrayBuffer): OpenedSource {
  const read = async (): Promise<never> => {
    throw new VitrineError('bad-file', 'only bytes were given; give all files, or {json, read}');
  };
  // The caller may write to them while weights are made.
  return {
    name: 'the given bytes',
    content: new Uint8Array(source instanceof ArrayBuffer ? source.slice() : source),
    read,
  };
}

function fromCaller({ json, read, name = 'model.json', metadata }: ModelFiles): OpenedSource {
  return {
    name,
    metadata,
    content: json instanceof ArrayBuffer ? new Uint8Array(json) : json,
    read: async (path) => {
      const content: unknown = await read(path);
      if (content instanceof ArrayBuffer) return new Uint8Array(content);
      if (content instanceof Uint8Array) return content;
      throw new VitrineError(
        'bad-argument',
        `"read" expected to return the bytes of "${path}", got ${describe(content)}`,
      );
    },
  };
}

function isModelFiles(source: unknown): source is ModelFiles {
  const { json, read } = (source ?? {}) as Partial<Record<string, unknown>>;
  return (typeof json === 'string' || (typeof json === 'object' && json !== null)) && typeof read === 'function';
}

function isBlobs(source: unknown): source is Iterable<Blob> {
  const isIterable = typeof source === 'object' && source !== null && Symbol.iterator in source;
  return isIterable && [...(source as Iterable<unknown>)].every((item) => item instanceof Blob);
}

/** Finds the model among the files that were dropped into a page or chosen in it. */
async function openBlobs(blobs: readonly Blob[], { signal, onProgress }: LoadOptions): Promise<OpenedSource> {
  const files = new Map<string, () => Promise<Uint8Array>>();
  for (const blob of blobs) {
    const path = pathOf(blob);
    if (files.has(path))
      throw new VitrineError('bad-file', `"source" expected files of one model, got two of the name "${path}"`);
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
