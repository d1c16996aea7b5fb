import { describe, expect, test } from 'vitest';
import { tallyAccumulator } from '../../src/dissection/counting/tallyAccumulator.ts';
import { thresholdAccumulator } from '../../src/dissection/counting/thresholdAccumulator.ts';
import { thresholdHistogram } from '../../src/dissection/counting/thresholdHistogram.ts';
import type { Accumulator } from '../../src/numeric/accumulator.ts';
import { VitrineError } from '../../src/numeric/errors.ts';
import type { LabelledActivations } from '../../src/readings/labels.ts';
import { concepts, randomLabelled } from '../support/labelled.ts';

const samples = randomLabelled({ images: 3, positions: [3, 3], pixels: [4, 4], units: 3 }, 5);
const [sample] = samples as [LabelledActivations];

function encoded<State, Item>(accumulator: Accumulator<State, Item, unknown>, item: Item): Uint8Array {
  const state = accumulator.create();
  accumulator.add(state, item);
  return accumulator.encode(state);
}

const tail = thresholdAccumulator({ units: 3, positions: 27 });
const histogram = thresholdHistogram({ units: 3 });
const tally = tallyAccumulator({ thresholds: Float64Array.of(0, 0.5, 1), concepts });
const states: readonly (readonly [string, (bytes: Uint8Array) => unknown, Uint8Array])[] = [
  ['thresholds', tail.decode, encoded(tail, sample.activations)],
  ['histogram', histogram.decode, encoded(histogram, sample.activations)],
  ['tally', tally.decode, encoded(tally, sample)],
];

describe.each(states)('%s', (kind, decode, bytes) => {
  test('bytes that end too early, anywhere, are refused', () => {
    for (const length of [0, 7, 8, 20, Math.floor(bytes.length / 2), bytes.length - 1]) {
      expect(() => decode(bytes.slice(0, length)), `${length} bytes`).toThrow(/"bytes" expected/);
    }
    expect(() => decode(bytes.slice(0, bytes.length - 1))).toThrow('the end is missing');
  });

  test('other bytes are refused', () => {
    expect(() => decode(new Uint8Array(100))).toThrow(`"bytes" expected ${kind} that was encoded, got other bytes`);
    for (const [other, , foreign] of states) {
      if (other !== kind) expect(() => decode(foreign)).toThrow(`"bytes" expected ${kind}, got ${other}`);
    }
  });

  test('bytes in the middle of a larger buffer are read', () => {
    const buffer = new Uint8Array(bytes.length + 13);
    buffer.set(bytes, 5);
    expect(decode(buffer.subarray(5, 5 + bytes.length))).toEqual(decode(bytes));
  });

  test('bytes of a file, whose slices are views, are read', () => {
    expect(decode(Buffer.concat([Buffer.alloc(3), bytes]).subarray(3))).toEqual(decode(bytes));
  });
});

test('a state of other options is refused', () => {
  const bytes = (place: number): Uint8Array => states[place]?.[2] as Uint8Array;
  expect(() => thresholdAccumulator({ units: 2, positions: 27 }).decode(bytes(0))).toThrow(
    '"bytes" expected thresholds of 2 units and 1 values of each, got 3 units and 1 values of each',
  );
  expect(() => thresholdAccumulator({ units: 3, positions: 1000 }).decode(bytes(0))).toThrow('and 6 values of each');
  expect(() => thresholdHistogram({ units: 2 }).decode(bytes(1))).toThrow('the histograms of 2 units, got 3');
  const thresholds = Float64Array.of(0, 0.5, 2);
  expect(() => tallyAccumulator({ thresholds, concepts }).decode(bytes(2))).toThrow('"bytes" expected the tally of');
});

test('what is refused leaves a state as it was', () => {
  const bad = {
    ...sample.activations,
    data: sample.activations.data.map((value, i) => (i === 8 ? Number.NaN : value)),
  };
  for (const accumulator of [tail, histogram]) {
    const state = accumulator.create() as never;
    accumulator.add(state, sample.activations);
    const before = accumulator.encode(state);
    expect(() => accumulator.add(state, bad)).toThrow('"activations" expected finite numbers, got NaN in unit 2');
    expect(Buffer.compare(accumulator.encode(state), before)).toBe(0);
  }
  const state = tally.create();
  tally.add(state, sample);
  const before = tally.encode(state);
  for (const wrong of [
    { activations: bad },
    { scalars: [99] },
    { planes: { shape: [1, 2, 2], data: new Int32Array(4) } },
  ]) {
    expect(() => tally.add(state, { ...sample, ...wrong })).toThrow(VitrineError);
    expect(tally.encode(state)).toEqual(before);
  }
});

test('more values than were announced are refused, also in a merge', () => {
  const small = thresholdAccumulator({ units: 3, positions: 9 });
  const state = small.create();
  small.add(state, sample.activations);
  expect(() => small.add(state, sample.activations)).toThrow('"positions" expected at least 18, which came, got 9');
  const other = small.create();
  small.add(other, sample.activations);
  expect(() => small.merge(state, other)).toThrow('"positions" expected at least 18');
});
