import { expect, test } from 'vitest';
import { compile } from '../../src/network/compile.ts';
import { type NdArray, rowOf } from '../../src/numeric/ndarray.ts';
import { type Faults, faultsOf, isSound } from '../../src/readings/faults.ts';
import { labelReadings, layerReadings, type Readings, type Sample } from '../../src/readings/labelledReadings.ts';
import type { LabelledImage } from '../../src/readings/labels.ts';
import { chain, conv, free, inputsOf, randomized } from '../oracle/building.ts';

const shape = [6, 7, 2];
const planes = { shape: [1, 2, 2], data: Int32Array.of(1, 0, 0, 1) };

function network(): ReturnType<typeof chain> {
  return randomized(chain(shape, conv({ name: 'first', filters: 3 }), conv({ name: 'second', filters: 2 })));
}

/** Images with names, of which some are not as the model takes them. */
function images(model: ReturnType<typeof network>, wrong: Readonly<Record<number, unknown>> = {}): LabelledImage[] {
  const [x] = inputsOf(model, 5) as [NdArray];
  return Array.from({ length: 5 }, (_, i) => {
    const image = (wrong[i] ?? { shape, data: rowOf(x, i).slice() }) as NdArray;
    return { image, planes, scalars: [i], name: `image-${i}.png` };
  });
}

async function samplesOf(readings: Readings): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  await readings.read('test', (sample) => void samples.push(sample));
  return samples;
}

test('each image with its own labels, whatever runs together', async () => {
  const model = network();
  const compiled = compile(model);
  for (const batchSize of [1, 2, 9]) {
    const options = { layers: ['second', 'first'], batchSize };
    const readings = await layerReadings(compiled, images(model), options);
    expect(readings.imageCount).toBe(5);
    const samples = await samplesOf(readings);
    expect(samples.map(({ image, name, scalars }) => [image, name, scalars])).toEqual(
      [0, 1, 2, 3, 4].map((i) => [i, `image-${i}.png`, [i]]),
    );
    for (const { activations } of samples) expect(activations.map((own) => own.shape[2])).toEqual([2, 3]);
    expect(await samplesOf(readings)).toEqual(samples);
  }
  compiled.dispose();
  free(model);
});

test('images that cannot be read are told of once, and left out of every reading', async () => {
  const model = network();
  const compiled = compile(model);
  const wrong = {
    1: { shape: [1, 1, 2], data: new Float32Array(2) },
    3: { shape, data: new Float32Array(84).fill(Number.POSITIVE_INFINITY) },
    4: { shape: [2, ...shape], data: new Float32Array(168) },
  };
  const told: string[] = [];
  const onFault = ({ message }: Error): void => void told.push(message);
  const readings = await layerReadings(compiled, images(model, wrong), { layers: ['first'], onFault });
  for (let reading = 0; reading < 2; reading++) {
    expect((await samplesOf(readings)).map(({ image }) => image)).toEqual([0, 2]);
  }
  expect(told).toEqual([
    expect.stringContaining('image 1 (image-1.png): "image" expected shape'),
    expect.stringContaining('image 3 (image-3.png): "image" expected finite numbers, got Infinity'),
    expect.stringContaining('image 4 (image-4.png): "image" expected one example, got several'),
  ]);
  expect(readings.faults.leftOut()).toEqual([1, 3, 4]);
  compiled.dispose();
  free(model);
});

test('without onFault the first of them ends the reading, with its number and name', async () => {
  const model = network();
  const compiled = compile(model);
  const data = [...images(model).slice(0, 2), null as unknown as LabelledImage];
  const readings = await layerReadings(compiled, data, { layers: ['first'] });
  await expect(samplesOf(readings)).rejects.toThrow('image 2: "dataset" expected images with labels, got null');
  compiled.dispose();
  free(model);
});

test('the total that is reported is that of all images; a data set that is no list is counted first', async () => {
  const model = network();
  const compiled = compile(model);
  const all = images(model);
  let readings = 0;
  const dataset = function* (): Generator<LabelledImage> {
    readings++;
    yield* all;
  };
  const reported: number[][] = [];
  const onProgress = ({ done, total }: { done: number; total: number }): void => void reported.push([done, total]);
  const opened = await layerReadings(compiled, dataset, { layers: ['first'], batchSize: 2, onProgress });
  expect(readings).toBe(1);
  await samplesOf(opened);
  expect(reported).toEqual([
    [2, 5],
    [4, 5],
    [5, 5],
  ]);
  await layerReadings(compiled, dataset, { layers: ['first'], imageCount: 5 });
  expect(readings).toBe(2);
  compiled.dispose();
  free(model);
});

test('readings of labels give the activations they are told, and leave faults out too', async () => {
  const told: string[] = [];
  const faults = faultsOf(({ message }) => void told.push(message), [0]);
  const items = [0, 1, 2, 3].map((i) => ({ planes, name: `${i}` }));
  const own = (image: number): NdArray => ({ shape: [1, 1, 1], data: Float32Array.of(image) });
  const dataset = [...items, 5 as unknown as (typeof items)[0]];
  const plan = { imageCount: 5, faults, upsampling: ['fill'] as const };
  const samples = await samplesOf(labelReadings(dataset, (_, image) => [own(image)], plan));
  expect(samples.map(({ image, name, activations }) => [image, name, activations[0]?.data[0]])).toEqual([
    [1, '1', 1],
    [2, '2', 2],
    [3, '3', 3],
  ]);
  expect(told).toEqual(['image 4: "dataset" expected images with labels, got 5']);
});

test('faults: the caller chooses whether they end the call', () => {
  const wrong = new Error('wrong');
  const strict = faultsOf(undefined);
  expect(() => strict.report(2, 'a.png', wrong)).toThrow('image 2 (a.png): wrong');
  const told: Error[] = [];
  const lenient: Faults = faultsOf((fault) => void told.push(fault), [7]);
  const check = (): void => {
    throw wrong;
  };
  expect(isSound(lenient, { image: 7 }, () => {})).toBe(false);
  expect(isSound(lenient, { image: 8 }, () => {})).toBe(true);
  expect(isSound(lenient, { image: 9 }, check)).toBe(false);
  expect(isSound(lenient, { image: 9 }, () => {})).toBe(false);
  expect(told.map(({ message, cause }) => [message, cause])).toEqual([['image 9: wrong', wrong]]);
  expect(lenient.leftOut()).toEqual([7, 9]);
});
