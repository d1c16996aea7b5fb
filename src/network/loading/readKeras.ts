import { VitrineError } from '../../numeric/errors.ts';
import { readHdf5 } from './hdf5/readHdf5.ts';
import { parseJson, topologyOf } from './modelJson.ts';
import type { FileSet } from './source.ts';
import type { StoredLayers } from './storedModel.ts';

const parts = { config: 'config.json', weights: 'model.weights.h5', metadata: 'metadata.json' } as const;

/** The folder within a zip that holds a model as Keras saves it; nothing where there is none. */
export function kerasFolder(zip: FileSet): string | undefined {
  const weights = [...zip.keys()].find((path) => /(^|\/)model\.weights\.\w+$/.test(path));
  return weights?.replace(/model\.weights\.\w+$/, '');
}

/** Reads a `.keras` file, of Keras 3 and of Keras 2.13 and later: its configuration, and weights by path. */
export async function readKeras(zip: FileSet, folder: string, name: string): Promise<StoredLayers> {
  const read = async (part: string): Promise<Uint8Array> => {
    const content = await zip.get(`${folder}${part}`)?.();
    if (content) return content;
    throw new VitrineError(
      'bad-file',
      `"${name}" expected a file ${part} in the zip, got ${[...zip.keys()].join(', ')}`,
    );
  };
  const config = `${name}/${parts.config}`;
  const topology = topologyOf(parseJson(await read(parts.config), config), config);
  const { keras_version: version } = parseJson(await read(parts.metadata), `${name}/${parts.metadata}`);
  return {
    format: 'layers',
    name,
    topology,
    kerasVersion: typeof version === 'string' ? version : undefined,
    metadata: undefined,
    weights: { by: 'path', root: readHdf5(await read(parts.weights), `${name}/${parts.weights}`) },
  };
}
