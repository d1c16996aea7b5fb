import { tallyAccumulator } from '../../../src/dissection/counting/tallyAccumulator.ts';
import { thresholdAccumulator } from '../../../src/dissection/counting/thresholdAccumulator.ts';
import { thresholdHistogram } from '../../../src/dissection/counting/thresholdHistogram.ts';
import { decodeSpill, encodeSpill } from '../../../src/dissection/stages/spill.ts';
import type { Accumulator } from '../../../src/numeric/accumulator.ts';
import { random } from '../../../src/numeric/random.ts';
import type { LabelledActivations } from '../../../src/readings/labels.ts';
import { concepts, randomLabelled } from '../../support/labelled.ts';
import { mutated } from '../../support/mutations.ts';
import type { Look } from '../look.ts';
import { attempt } from './attempt.ts';

const shapes = { images: 2, positions: [3, 3], pixels: [4, 4], units: 3 } as const;
const [sample, other] = randomLabelled(shapes, 5) as [LabelledActivations, LabelledActivations];

interface Stored {
  readonly bytes: Uint8Array;
  readonly use: (bytes: Uint8Array) => unknown;
}

/** A state goes on with another one, and says what it holds. */
function stored<State, Item>(
  accumulator: Accumulator<State, Item, unknown>,
  [item, more]: readonly [Item, Item],
): Stored {
  const state = accumulator.create();
  accumulator.add(state, item);
  return {
    bytes: accumulator.encode(state),
    use(bytes) {
      const read = accumulator.decode(bytes);
      const another = accumulator.create();
      accumulator.add(another, more);
      accumulator.merge(read, another);
      accumulator.extract(read);
    },
  };
}

const activations = [sample.activations, other.activations] as const;
const layers = [{ floors: Float64Array.of(-1, 0, 0.5), activations: sample.activations }];

const states: Readonly<Record<string, Stored>> = {
  thresholds: stored(thresholdAccumulator({ units: 3, positions: 27 }), activations),
  histogram: stored(thresholdHistogram({ units: 3 }), activations),
  tally: stored(tallyAccumulator({ thresholds: Float64Array.of(0, 0.5, 1), concepts }), [sample, other]),
  spill: { bytes: encodeSpill(layers), use: (bytes) => decodeSpill(bytes, [sample.activations.shape]) },
};

/** Encoded states of accumulators with something wrong. */
export const accumulatorMutations: Readonly<Record<string, Look>> = Object.fromEntries(
  Object.entries(states).map(([name, { bytes, use }]) => {
    const look: Look = async (seed) => {
      const draws = random(0, seed);
      // The table of names and lengths is short beside the numbers of a histogram: most changes shall meet it.
      const end = draws.uniform() < 0.7 ? Math.min(bytes.length, 300) : bytes.length;
      const changed = mutated(bytes.subarray(0, end), draws);
      const all = new Uint8Array(changed.length + bytes.length - end);
      all.set(changed);
      all.set(bytes.subarray(end), changed.length);
      return attempt({ read: () => use(all), most: 16 * bytes.length + 2 ** 20 });
    };
    return [name, look];
  }),
);
