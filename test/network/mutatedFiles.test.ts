import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { ModelFiles } from '../../src/network/loading/source.ts';
import { openZip } from '../../src/network/loading/zip.ts';
import { loadNetwork } from '../../src/network/loadNetwork.ts';
import { random } from '../../src/numeric/random.ts';
import { countingArrays } from '../support/countingArrays.ts';
import { readFixture, readJson } from '../support/fixtures.ts';
import { mutated } from '../support/mutations.ts';
import { zipped } from '../support/zipped.ts';

// VITRINE_MUTATIONS=2000 npx vitest run --project cpu test/network/mutatedFiles.test.ts
const count = Number(globalThis.process?.env['VITRINE_MUTATIONS'] ?? 200);
const longest = 10_000;

/** The files of a model; the first describes it. */
type Files = Readonly<Record<string, Uint8Array>>;

interface Kind {
  readonly read: () => Promise<Files>;
  /** Which of the files may be mutated, and what is read of them then. */
  readonly parts: (files: Files) => readonly string[];
  readonly pack: (files: Files) => Promise<Files>;
}

const asTheyAre: Pick<Kind, 'parts' | 'pack'> = { parts: Object.keys, pack: async (files) => files };
const single = (path: string): Kind => ({
  ...asTheyAre,
  read: async () => ({ [nameOf(path)]: await readFixture(path) }),
});

/** Mutated inside, so that the checksum is right and what is in it is read. */
const inside = (path: string): Kind => ({
  ...asTheyAre,
  read: async () => {
    const zip = await openZip(await readFixture(path), path);
    return Object.fromEntries(await Promise.all([...zip].map(async ([name, read]) => [name, await read()] as const)));
  },
  pack: async (files) => ({ 'mutated.keras': zipped(files) }),
});

const folder = (path: string): Kind => ({
  ...asTheyAre,
  read: async () => {
    const { weightsManifest } = await readJson<{ weightsManifest: { paths: string[] }[] }>(`${path}/model.json`);
    const names = ['model.json', ...weightsManifest.flatMap(({ paths }) => paths)];
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await readFixture(`${path}/${name}`)] as const)),
    );
  },
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

const raw =
  /Cannot (read|set) propert|is not (a function|iterable|a constructor|defined)|Maximum call stack|Invalid (array|typed|string) |allocation failed|Cannot convert|Cannot destructure|of (undefined|null)$/;

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
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

async function load(files: Files): Promise<string> {
  return loadNetwork(sourceOf(files)).then(
    (network) => {
      network.dispose();
      return 'loaded';
    },
    (error: unknown) => (error instanceof Error ? error.message : `no Error: ${String(error)}`),
  );
}

const sizeOf = (files: Files): number => Object.values(files).reduce((sum, { length }) => sum + length, 0);

for (const [index, [name, { read, parts, pack }]] of Object.entries(kinds).entries()) {
  test(`${name}: no mutation hangs, exhausts the memory, leaves tensors, or fails without saying which file`, {
    timeout: 30 * 60_000,
  }, async () => {
    const files = await read();
    const sound = await pack(files);
    const { result, total: usual } = await countingArrays(() => load(sound));
    expect(result).toBe('loaded');
    const faults: string[] = [];
    for (let i = 0; i < Math.ceil(count / Object.keys(kinds).length); i++) {
      const draws = random(0, index, i);
      const part = parts(files)[draws.integer(parts(files).length)] as string;
      const wrong = await pack({ ...files, [part]: mutated(files[part] as Uint8Array, draws) });
      const before = tf.memory().numTensors;
      const start = performance.now();
      const { result: message, largest, total } = await countingArrays(() => load(wrong));
      const fault = (what: string): number => faults.push(`${i} (${part}): ${what}: ${message.slice(0, 300)}`);
      if (performance.now() - start > longest) fault('hangs');
      if (largest > 4 * sizeOf(wrong) + 2 ** 16 || total > usual + 4 * sizeOf(wrong))
        fault(`asks for ${largest}, ${total} bytes`);
      if (tf.memory().numTensors !== before) fault('leaves tensors');
      if (message !== 'loaded' && !Object.keys(wrong).some((file) => message.includes(file))) fault('names no file');
      if (raw.test(message)) fault('raw');
    }
    expect(faults).toEqual([]);
  });
}
