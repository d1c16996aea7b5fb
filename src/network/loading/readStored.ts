import { VitrineError } from '../../numeric/errors.ts';
import { type FileKind, fileKind } from './fileKind.ts';
import { modelAmong } from './modelAmong.ts';
import { openSource } from './openSource.ts';
import { readH5 } from './readH5.ts';
import { readJsonModel } from './readJsonModel.ts';
import { kerasFolder, readKeras } from './readKeras.ts';
import type { FileSet, LoadOptions, ModelSource, OpenedSource } from './source.ts';
import type { StoredModel } from './storedModel.ts';
import { openZip } from './zip.ts';

type Read = (source: OpenedSource, content: Uint8Array, options: LoadOptions) => Promise<StoredModel>;

const readers: Readonly<Record<FileKind, Read>> = {
  json: (source, _, options) => readJsonModel(source, options),
  hdf5: async ({ name }, content) => readH5(content, name),
  zip: readZip,
};

/** Reads a saved model of any format, wherever it is. What it is, its content says, not its name. */
export async function readStored(source: ModelSource, options: LoadOptions = {}): Promise<StoredModel> {
  options.signal?.throwIfAborted();
  const opened = await openSource(source, options);
  options.signal?.throwIfAborted();
  const model = await readOpened(opened, options);
  options.signal?.throwIfAborted();
  return model;
}

async function readOpened(source: OpenedSource, options: LoadOptions): Promise<StoredModel> {
  const content = typeof source.content === 'string' ? new TextEncoder().encode(source.content) : source.content;
  if (!(content instanceof Uint8Array)) return readJsonModel(source, options);
  return readers[fileKind(content, source.name)](source, content, options);
}

async function readZip({ name }: OpenedSource, content: Uint8Array, options: LoadOptions): Promise<StoredModel> {
  const zip = await openZip(content, name);
  const folder = kerasFolder(zip);
  if (folder !== undefined) return readKeras(zip, folder, name);
  refuseArchive(zip, name);
  const inner = await modelAmong(zip, `the files in "${name}"`);
  const source = { ...inner, name: `${name}/${inner.name}` };
  // A zip may hold itself.
  if (fileKind(source.content as Uint8Array, source.name) === 'zip')
    throw new VitrineError('bad-file', `"${source.name}" is in a zip: unpack that`);
  return readOpened(source, options);
}

function refuseArchive(zip: FileSet, name: string): void {
  const has = (pattern: RegExp): boolean => [...zip.keys()].some((path) => pattern.test(path));
  const what = has(/(^|\/)data\.pkl$/) ? 'a model of PyTorch' : has(/\.npy$/) ? 'arrays of NumPy' : undefined;
  if (what)
    throw new VitrineError(
      'bad-file',
      `"${name}" expected a Keras model or a model.json with its weights, got ${what}`,
    );
}
