import type { ModelFiles } from '../../../src/network/loading/source.ts';
import { openZip } from '../../../src/network/loading/zip.ts';
import { loadNetwork } from '../../../src/network/loadNetwork.ts';
import { random } from '../../../src/numeric/random.ts';
import { countingArrays } from '../../support/countingArrays.ts';
import { readFixture, readJson } from '../../support/fixtures.ts';
import { mutated } from '../../support/mutations.ts';
import { zipped } from '../../support/zipped.ts';
import type { Look } from '../look.ts';
import { attempt } from './attempt.ts';

/** The files of a model; the first describes it. */
type Files = Readonly<Record<string, Uint8Array>>;

interface Kind {
  readonly read: () => Promise<Files>;
  readonly pack: (files: Files) => Files;
}

const asTheyAre: Kind['pack'] = (files) => files;
const single = (path: string): Kind => ({
  read: async () => ({ [nameOf(path)]: await readFixture(path) }),
  pack: asTheyAre,
});

/** Mutated inside, so that the checksum is right and what is in it is read. */
const inside = (path: string): Kind => ({
  read: async () => {
    const zip = await openZip(await readFixture(path), path);
    return Object.fromEntries(await Promise.all([...zip].map(async ([name, read]) => [name, await read()] as const)));
  },
  pack: (files) => ({ 'mutated.keras': zipped(files) }),
});

const folder = (path: string): Kind => ({
  read: async () => {
    const { weightsManifest } = await readJson<{ weightsManifest: { paths: string[] }[] }>(`${path}/model.json`);
    const names = ['model.json', ...weightsManifest.flatMap(({ paths }) => paths)];
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await readFixture(`${path}/${name}`)] as const)),
    );
  },
  pack: asTheyAre,
});

const kinds: Readonly<Record<string, Kind>> = {
  '.keras of Keras 3': single('keras/keras3/residual/model.keras'),
  '.keras of Keras 3, inside': inside('keras/keras3/residual/model.keras'),
  '.keras of Keras 2, inside': inside('files/keras2.keras'),
  'a deflated .keras': single('files/zippedAgain.keras'),
  '.h5 of Keras 3': single('keras/keras3/residual/model.h5'),
  '.h5 of Keras 2': single('files/keras2Split.h5'),
  'a GraphModel': folder('keras/graphs/resnet'),
  'layers format': folder('models/bn-residual-tiny'),
  'layers format of tf.keras': folder('keras/layers/mixed-layers'),
  'layers format, quantised': folder('keras/layers/quant-uint8'),
};

/** Files of models with something wrong with one of them. A sound one must load. */
export const modelFileMutations: Readonly<Record<string, Look>> = Object.fromEntries(
  Object.entries(kinds).map(([name, { read, pack }], index) => {
    let sound: Promise<{ readonly files: Files; readonly usual: number }> | undefined;
    const look: Look = async (seed) => {
      sound ??= read().then(async (files) => ({ files, usual: await bytesOfLoading(pack(files)) }));
      const { files, usual } = await sound;
      const draws = random(0, index, seed);
      const parts = Object.keys(files);
      const part = parts[draws.integer(parts.length)] as string;
      const wrong = pack({ ...files, [part]: mutated(files[part] as Uint8Array, draws) });
      const most = usual + 4 * sizeOf(wrong);
      return attempt({ read: () => load(wrong), most, names: Object.keys(wrong) });
    };
    return [name, look];
  }),
);

async function load(files: Files): Promise<void> {
  (await loadNetwork(sourceOf(files))).dispose();
}

async function bytesOfLoading(files: Files): Promise<number> {
  return (await countingArrays(() => load(files))).total;
}

function sourceOf(files: Files): ModelFiles {
  const [name, json] = Object.entries(files)[0] as [string, Uint8Array];
  const read = (path: string): Uint8Array => {
    const file = files[path];
    if (file) return file;
    throw new Error('no such file');
  };
  return { json, name, read };
}

function sizeOf(files: Files): number {
  return Object.values(files).reduce((sum, { length }) => sum + length, 0);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
