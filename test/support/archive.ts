import type { FileSet } from '../../src/network/loading/source.ts';
import { openZip } from '../../src/network/loading/zip.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { npyOf, readFixture } from './fixtures.ts';
import { type Reference, referenceOf, type WrittenArray, type WrittenReference } from './kerasModels.ts';

/** A model of an archive: what lies in its folder, and what it shares with others. */
export interface PackedModel {
  /** The tool and the name, `keras3/conv-groups`. */
  readonly name: string;
  /** The file to open: `model.h5`, `model.keras`, `layers/model.json` or `graph/model.json`. */
  readonly file: string;
  bytes(path: string): Promise<Uint8Array>;
  json<T>(path: string): Promise<T>;
  array(path: string): Promise<NdArray>;
}

/** The models of an archive under `test/fixtures/keras/`, one for each file that can be opened. */
export async function packedModels(archive: string): Promise<readonly PackedModel[]> {
  const zip = await openZip(await readFixture(`keras/${archive}`), archive);
  return [...zip.keys()].flatMap((path) => {
    const [, name, file] = /^([^/]+\/[^/]+)\/(model\.(?:h5|keras)|(?:layers|graph)\/model\.json)$/.exec(path) ?? [];
    return name && file ? [packedModel(zip, name, file)] : [];
  });
}

/** What `loadModel` takes to open a packed model. */
export async function sourceOf({
  file,
  bytes,
  name,
}: PackedModel): Promise<Uint8Array | { json: Uint8Array; name: string; read: (path: string) => Promise<Uint8Array> }> {
  if (!file.endsWith('.json')) return bytes(file);
  const folder = file.slice(0, file.indexOf('/') + 1);
  return { json: await bytes(file), name: `${name}/${file}`, read: (path) => bytes(`${folder}${path}`) };
}

/** TensorFlow's values for a packed model with a `ref.json`. */
export async function packedReference({ json }: PackedModel): Promise<Reference> {
  const { inputs, ...written } = await json<Omit<WrittenReference, 'inputs'> & { inputs: string }>('ref.json');
  return referenceOf({ ...written, inputs: await json<readonly WrittenArray[]>(inputs) });
}

function packedModel(zip: FileSet, name: string, file: string): PackedModel {
  // Inputs that several models share are beside the folders.
  const bytes = async (path: string): Promise<Uint8Array> => {
    const read = zip.get(`${name}/${path}`) ?? zip.get(path);
    if (!read) throw new Error(`no "${path}" of ${name} in the archive`);
    return read();
  };
  return {
    name,
    file,
    bytes,
    json: async <T>(path: string) => JSON.parse(new TextDecoder().decode(await bytes(path))) as T,
    array: async (path) => npyOf(await bytes(path), path),
  };
}
