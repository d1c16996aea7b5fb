import { random } from '../../../numeric/random.ts';
import { forEachOf, type Sliced } from '../../../numeric/sliced.ts';
import { adam } from '../../../optimization/adam.ts';
import { minimizeArrays } from '../../../optimization/minimize.ts';
import { sparseGradients } from './sparseGradients.ts';
import { normalizeDecoder, type SparseParameters, startOf } from './sparseParameters.ts';

/** Vectors of units. */
export interface Rows {
  readonly count: number;
  readonly units: number;
  /** `[count × units]` */
  readonly values: ArrayLike<number>;
}

/** How codes are learnt. */
export interface Training {
  readonly size: number;
  readonly active: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  readonly onStep: (step: number) => void;
}

/** What was learnt. */
export interface Trained extends SparseParameters {
  /** What was minimised in each step, as a share of the variance, `[steps]`. */
  readonly losses: Float64Array;
}

/** Steps without use after which a code is taken for dead. */
const PATIENCE = 100;

/** The most numbers that are moved without a break. */
const BLOCK = 2 ** 18;

/** Learns codes of rows by Adam, with rows brought to a mean square of 1 around their mean, so that steps do not depend on their scale. */
export function* trained(rows: Rows, training: Training): Sliced<Trained> {
  const { size, active, steps, learningRate, seed, onStep } = training;
  const { mean, scale } = yield* spreadOf(rows);
  const parameters = startOf(
    mean.map((value) => value / scale),
    size,
    random(seed, 0),
  );
  const losses = new Float64Array(steps);
  const unused = new Int32Array(size);
  yield* minimizeArrays({
    parameters: blocksOf(parameters),
    steps,
    optimizer: adam({ learningRate }),
    *gradients(step) {
      yield* normalizeDecoder(parameters);
      const dead = Uint8Array.from(unused, (since) => Number(since > PATIENCE));
      const revived = Math.min(Math.ceil(rows.units / 2), sumOf(dead));
      const batch = drawn(rows, { ...training, scale, step });
      const found = yield* sparseGradients(parameters, { rows: batch, active, dead, revived });
      for (let code = 0; code < size; code++) unused[code] = found.used[code] ? 0 : (unused[code] as number) + 1;
      losses[step] = found.loss;
      return blocksOf(found);
    },
    onStep,
  });
  yield* normalizeDecoder(parameters);
  // max(0, ·) of s times something is s times max(0, ·): scaled biases are all it takes to encode rows as they are.
  const [encoderBias, bias] = [parameters.encoderBias, parameters.bias].map((all) => all.map((value) => scale * value));
  return { ...parameters, encoderBias: encoderBias as Float64Array, bias: bias as Float64Array, losses };
}

/** The mean row and the root of the mean squared distance from it. */
export function* spreadOf({ count, units, values }: Rows): Sliced<{ mean: Float64Array; scale: number }> {
  const mean = new Float64Array(units);
  yield* forEachOf(count, units, (row) => {
    for (let unit = 0; unit < units; unit++) mean[unit]! += (values[row * units + unit] as number) / count;
  });
  let square = 0;
  yield* forEachOf(count, units, (row) => {
    for (let unit = 0; unit < units; unit++)
      square += ((values[row * units + unit] as number) - (mean[unit] as number)) ** 2;
  });
  return { mean, scale: Math.sqrt(square / count) };
}

function drawn(
  { count, units, values }: Rows,
  { seed, step, batchSize, scale }: { seed: number; step: number; batchSize: number; scale: number },
): readonly Float64Array[] {
  const { integer } = random(seed, 1, step);
  return Array.from({ length: batchSize }, () => {
    const start = integer(count) * units;
    return Float64Array.from({ length: units }, (_, unit) => (values[start + unit] as number) / scale);
  });
}

/** All numbers in the same order, in blocks that are quickly moved. */
function blocksOf({
  encoder,
  encoderBias,
  decoder,
  bias,
}: Omit<SparseParameters, 'size' | 'units'>): readonly Float64Array[] {
  return [encoder, encoderBias, decoder, bias].flatMap((all) =>
    Array.from({ length: Math.ceil(all.length / BLOCK) }, (_, i) => all.subarray(i * BLOCK, (i + 1) * BLOCK)),
  );
}

function sumOf(values: Uint8Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
