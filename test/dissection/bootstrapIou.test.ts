import { layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { bootstrapIou } from '../../src/dissection/bootstrap/bootstrapIou.ts';
import { bootstrapReadings, type IntervalOptions } from '../../src/dissection/bootstrap/bootstrapReadings.ts';
import type { BootstrapIou } from '../../src/dissection/bootstrap/types.ts';
import { conceptIndex } from '../../src/dissection/counting/conceptIndex.ts';
import { tallyAccumulator } from '../../src/dissection/counting/tallyAccumulator.ts';
import { dissect } from '../../src/dissection/dissect.ts';
import { dissectActivations } from '../../src/dissection/dissectActivations.ts';
import { dissectionFrom } from '../../src/dissection/results/dissectionFrom.ts';
import type { Dissection } from '../../src/dissection/types.ts';
import { random } from '../../src/numeric/random.ts';
import { atOnce } from '../../src/numeric/sliced.ts';
import { faultsOf } from '../../src/readings/faults.ts';
import { labelReadings } from '../../src/readings/labelledReadings.ts';
import type { LabelledActivations, LabelledImage } from '../../src/readings/labels.ts';
import { chain, free, randomized } from '../oracle/building.ts';
import { concepts, randomLabelled } from '../support/labelled.ts';
import { sum } from '../support/near.ts';

function bootstrap(samples: readonly LabelledActivations[], options: IntervalOptions): Promise<BootstrapIou> {
  const plan = { imageCount: samples.length, faults: faultsOf(undefined), upsampling: ['fill'] as const };
  return bootstrapReadings(
    labelReadings(samples, ({ activations }) => [activations], plan),
    options,
  );
}

const samples = randomLabelled({ images: 15, positions: [4, 5], pixels: [8, 6], units: 6 }, 1);

/** The dissections of images that were really drawn again and again, with the thresholds of all. */
function drawn(all: readonly LabelledActivations[], dissection: Dissection, count: number): readonly Dissection[] {
  const { thresholds, threshold } = dissection;
  const accumulator = tallyAccumulator({ thresholds, concepts });
  return Array.from({ length: count }, (_, draw) => {
    const { integer } = random(9, draw);
    const tally = accumulator.create();
    for (const _one of all) accumulator.add(tally, all[integer(all.length)] as LabelledActivations);
    return atOnce(dissectionFrom({ tally, thresholds, index: conceptIndex(concepts), threshold }));
  });
}

test('intervals are the quantiles of dissections of images that were drawn', async () => {
  const dissection = await dissectActivations(samples, { concepts, quantile: 0.1, threshold: 0.08 });
  const draws = 41;
  const found = await bootstrap(samples, { dissection, samples: draws, confidence: 0.9, count: 5, seed: 9 });
  const plain = drawn(samples, dissection, draws);
  expect(
    found.units.map(({ unit, best }) => ({ unit, concept: best?.concept ?? null, iou: best?.iou ?? null })),
  ).toEqual(
    dissection.units.map(({ unit, best }) => ({ unit, concept: best?.concept ?? null, iou: best?.iou ?? null })),
  );
  // Of 41 sorted values, 5% of the way is the third.
  const within = (values: readonly number[]): readonly (number | undefined)[] => {
    const sorted = [...values].sort((a, b) => a - b);
    return [sorted[2], sorted[38]];
  };
  let named = 0;
  found.units.forEach(({ unit, best, detector }) => {
    expect(detector * draws).toBeCloseTo(plain.filter(({ units }) => units[unit]?.detector).length, 9);
    if (!best) return;
    named++;
    const place = concepts.findIndex(({ name }) => name === best.concept);
    const ious = plain.map(({ iou }) => iou.data[unit * concepts.length + place] as number);
    const [low, high] = within(ious);
    expect(best.low).toBeCloseTo(low as number, 12);
    expect(best.high).toBeCloseTo(high as number, 12);
    expect(best.low).toBeLessThan(best.high);
    const stays = plain.filter(({ units }, i) => (units[unit]?.best?.iou ?? 0) <= (ious[i] as number)).length;
    expect(best.stability * draws).toBeCloseTo(stays, 9);
  });
  expect(named).toBeGreaterThan(2);
  expect(found.units.some(({ best }) => best && best.stability < 1)).toBe(true);
  const [low, high] = within(plain.map(({ detectors }) => detectors));
  expect(found.detectors).toEqual({ count: dissection.detectors, low, high });
  expect(structuredClone(found)).toEqual(found);
});

test('a single concept of each unit has no rivals, more concepts leave intervals as they are', async () => {
  const dissection = await dissectActivations(samples, { concepts, quantile: 0.1 });
  const [one, three] = await Promise.all([1, 3].map((count) => bootstrap(samples, { dissection, samples: 20, count })));
  for (const { best } of one?.units ?? []) expect(best?.stability ?? 1).toBe(1);
  const bare = (found: BootstrapIou | undefined): unknown =>
    found?.units.map(({ best }) => best && { ...best, stability: 0 });
  expect(bare(three)).toEqual(bare(one));
});

test('where all images are the same the interval has no width', async () => {
  const [, image] = samples as [LabelledActivations, LabelledActivations];
  const same = new Array<LabelledActivations>(6).fill(image);
  const dissection = await dissectActivations(same, { concepts, quantile: 0.1 });
  const { units } = await bootstrap(same, { dissection, samples: 30 });
  expect(units.some(({ best }) => best)).toBe(true);
  for (const { best } of units) {
    if (best) expect(best).toMatchObject({ low: best.iou, high: best.iou, stability: 1 });
  }
});

test('the intervals hold the true IoU about as often as they say', async () => {
  // A unit that is on at one pixel; the concept lies there in a share p of images, beside it in the others.
  const p = 0.6;
  const names = [{ number: 1, name: 'thing', category: 'object' }];
  const [sets, images] = [150, 40];
  const holds: number[] = [];
  for (let set = 0; set < sets; set++) {
    const { uniform } = random(3, set);
    const planted = Array.from({ length: images }, (): LabelledActivations => {
      const place = uniform() < p ? 0 : 1;
      return {
        activations: { shape: [1, 2, 1], data: Float32Array.of(1, 0) },
        planes: { shape: [1, 1, 2], data: Int32Array.from([0, 1], (pixel) => (pixel === place ? 1 : 0)) },
      };
    });
    const dissection = await dissectActivations(planted, { concepts: names, quantile: 0.5 });
    const { units } = await bootstrap(planted, { dissection, samples: 100, seed: set });
    const { low, high } = units[0]?.best ?? { low: 2, high: -1 };
    // One image adds p to the intersection and 2 − p to the union on average.
    holds.push(low <= p / (2 - p) && p / (2 - p) <= high ? 1 : 0);
  }
  expect(sum(holds) / sets).toBeGreaterThan(0.87);
  expect(sum(holds) / sets).toBeLessThan(0.99);
});

describe('bootstrapIou', () => {
  const side = 8;
  const network = (): ReturnType<typeof chain> =>
    randomized(
      chain(
        [side, side, 3],
        l.conv2d({ filters: 5, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu', name: 'conv' }),
        l.conv2d({ filters: 5, kernelSize: 1, name: 'next' }),
        l.flatten(),
        l.dense({ units: 2, name: 'head' }),
      ),
    );
  const images = (count: number): readonly LabelledImage[] =>
    randomLabelled({ images: count, positions: [side, side], pixels: [side, side], units: 3 }, 2).map(
      ({ activations: image, ...labels }) => ({ ...labels, image }),
    );
  const options = { concepts, quantile: 0.1 };

  test('reads the network once, whatever the batches, and depends on the seed', async () => {
    const model = network();
    const { conv: dissection } = await dissect(model, images(9), { ...options, layers: ['conv'] });
    const stages: string[] = [];
    const run = (more: object): Promise<BootstrapIou> =>
      bootstrapIou(model, () => images(9), { layer: 'conv', dissection, samples: 25, ...more });
    const found = await run({
      onProgress: ({ stage, done }: { stage: string; done: number }) => stages.push(`${stage} ${done}`),
      batchSize: 3,
    });
    expect(stages).toEqual([
      ...[3, 6, 9].map((done) => `tally ${done}`),
      ...Array.from({ length: 25 }, (_, i) => `samples ${i + 1}`),
    ]);
    expect(await run({ batchSize: 4 })).toEqual(found);
    expect(await run({ seed: 1 })).not.toEqual(found);
    free(model);
  });

  test('an image that was left out is left out', async () => {
    const model = network();
    const samples = images(6).map((sample, i) => (i === 2 ? { ...sample, scalars: [5] } : sample));
    const faults: string[] = [];
    const onFault = ({ message }: Error): unknown => faults.push(message);
    const { conv: dissection } = await dissect(model, samples, { ...options, layers: ['conv'], onFault });
    const rest = samples.filter((_, i) => i !== 2);
    const plan = { layer: 'conv', dissection, samples: 10 };
    expect(await bootstrapIou(model, samples, { ...plan, onFault })).toEqual(await bootstrapIou(model, rest, plan));
    expect(faults[1]).toBe(faults[0]);
    await expect(bootstrapIou(model, samples, plan)).rejects.toThrow('image 2');
    free(model);
  });

  test('stops where it is told to', async () => {
    const model = network();
    const { conv: dissection } = await dissect(model, images(4), { ...options, layers: ['conv'] });
    const controller = new AbortController();
    const run = bootstrapIou(model, images(4), {
      layer: 'conv',
      dissection,
      signal: controller.signal,
      onProgress: ({ stage, done }) => {
        if (stage === 'samples' && done === 20) controller.abort(new Error('enough'));
      },
    });
    await expect(run).rejects.toThrow('enough');
    free(model);
  });

  test.each<[object, string]>([
    [{ layer: 'cnv' }, '"layer" expected the address of a layer, got "cnv"'],
    [{ layer: 'head' }, '"dissection" expected one of 2 units, got 5'],
    [{ layer: 'next' }, '"dissection" expected that of this layer and these images, got one with other counts'],
    [{ upsampling: 'fill' }, '"dissection" expected that of this layer and these images'],
    [{ samples: 0 }, '"samples" expected an integer'],
    [{ count: 0.5 }, '"count" expected an integer'],
    [{ confidence: 1 }, '"confidence" expected a share below 1, got 1'],
    [{ confidence: -1 }, '"confidence" expected a share below 1, got -1'],
    [{ seed: 0.5 }, '"seed" expected a safe integer, got 0.5'],
  ])('with %o is refused', async (wrong, message) => {
    const model = network();
    const { conv: dissection } = await dissect(model, images(4), { ...options, layers: ['conv'] });
    const run = bootstrapIou(model, images(4), { layer: 'conv', dissection, ...wrong } as never);
    await expect(run).rejects.toThrow(message);
    free(model);
  });
});
