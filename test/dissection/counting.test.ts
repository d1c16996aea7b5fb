import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tallyAccumulator } from '../../src/dissection/counting/tallyAccumulator.ts';
import { thresholdAccumulator } from '../../src/dissection/counting/thresholdAccumulator.ts';
import { thresholdHistogram } from '../../src/dissection/counting/thresholdHistogram.ts';
import { dissectActivations } from '../../src/dissection/dissectActivations.ts';
import type { LabelledActivations } from '../../src/readings/labels.ts';
import { filling, plainDissection } from '../oracle/dissection.ts';
import { concepts, randomLabelled, type Shapes } from '../support/labelled.ts';

const categories = ['color', 'object', 'part', 'scene'];
const shapes: fc.Arbitrary<Shapes> = fc.record({
  images: fc.integer({ min: 1, max: 5 }),
  positions: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
  pixels: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
  units: fc.integer({ min: 3, max: 5 }),
});

test('what is counted is what plain loops count', async () => {
  await fc.assert(
    fc.asyncProperty(shapes, fc.nat(1e6), fc.constantFrom(0.005, 0.05, 0.3), async (sizes, seed, quantile) => {
      const samples = randomLabelled(sizes, seed);
      const found = await dissectActivations(samples, { concepts, categories, quantile });
      const plain = plainDissection(samples, { concepts, categories, quantile, place: filling });
      expect([...found.thresholds]).toEqual(plain.thresholds);
      expect([...found.intersection.data]).toEqual(plain.intersection.flat());
      expect([...found.area.data]).toEqual(plain.area.flat());
      expect([...found.truth]).toEqual(plain.truth);
    }),
    { numRuns: 60 },
  );
});

test('histograms find the thresholds that tails find', async () => {
  await fc.assert(
    fc.asyncProperty(shapes, fc.nat(1e6), fc.constantFrom(0.005, 0.05, 0.3), async (sizes, seed, quantile) => {
      const samples = randomLabelled(sizes, seed);
      const tails = await dissectActivations(samples, { concepts, quantile });
      const histograms = await dissectActivations(samples, { concepts, quantile, memory: 'histogram' });
      expect(histograms).toEqual(tails);
    }),
    { numRuns: 15 },
  );
});

test('… anchored at the centres of receptive fields as well', async () => {
  await fc.assert(
    fc.asyncProperty(
      shapes,
      fc.nat(1e6),
      fc.record({ centre: fc.integer({ min: -4, max: 9 }), jump: fc.integer({ min: 1, max: 6 }) }),
      async (sizes, seed, { centre, jump }) => {
        const samples = randomLabelled(sizes, seed);
        const imageSize = [2 * sizes.pixels[0], 2 * sizes.pixels[1]] as const;
        const found = await dissectActivations(samples, {
          concepts,
          categories,
          quantile: 0.1,
          upsampling: { centre, jump, imageSize },
        });
        const place = (pixel: number): number => ((pixel + 0.5) * 2 - 0.5 - centre) / jump;
        const plain = plainDissection(samples, { concepts, categories, quantile: 0.1, place });
        expect([...found.intersection.data]).toEqual(plain.intersection.flat());
        expect([...found.area.data]).toEqual(plain.area.flat());
      },
    ),
    { numRuns: 40 },
  );
});

test('parts in any order, merged, encoded and decoded on the way, give the same bits', () => {
  fc.assert(
    fc.property(shapes, fc.nat(1e6), fc.integer({ min: 1, max: 4 }), (sizes, seed, workers) => {
      const samples = randomLabelled(sizes, seed);
      const units = sizes.units;
      const positions = sizes.images * sizes.positions[0] * sizes.positions[1];
      const thresholds = thresholdAccumulator({ units, positions, quantile: 0.1 });
      const found = shared(samples, workers, thresholds, ({ activations }) => activations);
      const tally = tallyAccumulator({ thresholds: thresholds.extract(found.whole), concepts, categories });
      expect(found.merged).toEqual(found.encoded);
      const counted = shared(samples, workers, tally, (sample) => sample);
      expect(counted.merged).toEqual(counted.encoded);
    }),
    { numRuns: 20 },
  );
});

test('… of histograms as well', () => {
  const samples = randomLabelled({ images: 5, positions: [3, 4], pixels: [2, 2], units: 3 }, 4);
  const { merged, encoded } = shared(samples, 3, thresholdHistogram({ units: 3 }), ({ activations }) => activations);
  expect(merged.length).toBe(encoded.length);
  expect(merged.every((byte, i) => byte === encoded[i])).toBe(true);
});

/** The encoded state of one worker, and that of several which took the samples in turn, the last first. */
function shared<State, Item, Result>(
  samples: readonly LabelledActivations[],
  workers: number,
  accumulator: import('../../src/numeric/accumulator.ts').Accumulator<State, Item, Result>,
  itemOf: (sample: LabelledActivations) => Item,
): { whole: State; encoded: Uint8Array; merged: Uint8Array } {
  const whole = accumulator.create();
  for (const sample of samples) accumulator.add(whole, itemOf(sample));
  const merged = accumulator.create();
  for (let worker = workers - 1; worker >= 0; worker--) {
    const state = accumulator.create();
    samples
      .filter((_, i) => i % workers === worker)
      .reverse()
      .forEach((sample) => accumulator.add(state, itemOf(sample)));
    accumulator.merge(merged, accumulator.decode(accumulator.encode(state)));
  }
  return { whole, encoded: accumulator.encode(whole), merged: accumulator.encode(merged) };
}
