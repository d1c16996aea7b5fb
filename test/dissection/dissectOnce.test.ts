import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { dissect } from '../../src/dissection/dissect.ts';
import { random } from '../../src/numeric/random.ts';
import type { LabelledImage } from '../../src/readings/labels.ts';
import { chain } from '../oracle/building.ts';
import { concepts, randomLabelled } from '../support/labelled.ts';

const layers = ['first', 'second'] as const;
const network = (): ReturnType<typeof chain> =>
  chain(
    [12, 12, 3],
    l.conv2d({ filters: 6, kernelSize: 3, padding: 'same', activation: 'relu', name: 'first' }),
    l.conv2d({ filters: 5, kernelSize: 3, strides: 2, padding: 'same', name: 'second' }),
    l.globalAveragePooling2d({}),
  );

function images(count: number): readonly LabelledImage[] {
  const labels = randomLabelled({ images: count, positions: [1, 1], pixels: [9, 11], units: 2 }, 4);
  const { normal } = random(8);
  return labels.map(({ activations: _, ...rest }) => ({
    ...rest,
    image: { shape: [12, 12, 3], data: Float32Array.from({ length: 12 * 12 * 3 }, normal) },
  }));
}

test.each(['raw', 'upsampled'] as const)('one pass with spill counts what two passes count: %s', async (quantileOn) => {
  const model = network();
  const dataset = images(60);
  const options = { layers, concepts, quantile: 0.002, quantileOn };
  const spill = new Map<string, Uint8Array>();
  const once = await dissect(model, dataset, { ...options, spill });
  expect(once).toEqual(await dissect(model, dataset, options));
  expect(spill.size).toBe(60);
  model.dispose();
});

test('once the floors have risen, most maps cannot matter', async () => {
  const model = network();
  const spill = new Map<string, Uint8Array>();
  await dissect(model, images(60), { layers, concepts, quantile: 0.002, spill });
  const sizes = [...spill.values()].map(({ length }) => length);
  const sum = (some: readonly number[]): number => some.reduce((total, size) => total + size, 0);
  expect(sum(sizes.slice(-5))).toBeLessThan(0.6 * sum(sizes.slice(0, 5)));
  model.dispose();
});

test('the network runs once on each image', async () => {
  const model = network();
  const seen: string[] = [];
  await dissect(model, images(7), {
    layers,
    concepts,
    spill: new Map(),
    batchSize: 2,
    onProgress: ({ stage, done }) => seen.push(`${stage} ${done}`),
  });
  const labels = [1, 2, 3, 4, 5, 6, 7].map((done) => `tally ${done}`);
  expect(seen).toEqual(['thresholds 2', 'thresholds 4', 'thresholds 6', 'thresholds 7', ...labels]);
  model.dispose();
});

test('images that are left out are in neither reading', async () => {
  const model = network();
  const dataset = images(6);
  const broken = dataset.map((item, i) =>
    i === 2 ? { ...item, image: { shape: [12, 12, 3], data: new Float32Array(432).fill(Number.NaN) } } : item,
  );
  const faults: string[] = [];
  const onFault = ({ message }: Error): void => void faults.push(message);
  const spill = new Map<string, Uint8Array>();
  const once = await dissect(model, broken, { layers, concepts, spill, onFault });
  expect(faults).toEqual([expect.stringContaining('image 2 (image-2.png): ')]);
  expect(once).toEqual(await dissect(model, broken.toSpliced(2, 1), { layers, concepts }));
  expect([...spill.keys()]).not.toContain('image-2');
  model.dispose();
});

test('a store that is slow, loses something, or refuses', async () => {
  const model = network();
  const dataset = images(5);
  const kept = new Map<string, Uint8Array>();
  const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
  const slow = {
    get: async (name: string) => later().then(() => kept.get(name)),
    set: async (name: string, bytes: Uint8Array) => later().then(() => kept.set(name, bytes)),
  };
  expect(await dissect(model, dataset, { layers, concepts, spill: slow })).toEqual(
    await dissect(model, dataset, { layers, concepts }),
  );
  const forgetful = { get: () => undefined, set: () => undefined };
  await expect(dissect(model, dataset, { layers, concepts, spill: forgetful })).rejects.toThrow(
    '"spill" expected what was kept of image 0, got nothing',
  );
  const full = { get: () => undefined, set: async () => later().then(() => Promise.reject(new Error('disk full'))) };
  await expect(dissect(model, dataset, { layers, concepts, spill: full })).rejects.toThrow('disk full');
  await expect(dissect(model, dataset, { layers, concepts, spill: kept, memory: 'histogram' })).rejects.toThrow(
    '"memory" expected "tail" with "spill"',
  );
  model.dispose();
});
