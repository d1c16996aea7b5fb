import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { withTensors } from '../../../backend/withTensors.ts';
import { type Chunk, forEachBatch, mapBatches } from '../../../network/walk/batches.ts';
import { rowsOf } from '../../../network/walk/inputs.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { exampleGradients, type LayerFactors } from './exampleGradients.ts';
import type { GradientProblem, LabelledInputs } from './gradientProblem.ts';
import { labelSeeds } from './labelSeeds.ts';
import type { WeightedLayer } from './weightedLayers.ts';

/** A problem with its layers. */
export interface LayeredProblem extends GradientProblem {
  readonly layers: readonly WeightedLayer[];
}

/** What stands for the gradients of examples by the weights of a part, `[n, d]` each: their products, multiplied, are its. */
export type Coordinates = (factors: LayerFactors, part: number) => readonly Tensor2D[];

/** Which examples are compared, and by what. */
export interface Comparison {
  readonly training: LabelledInputs;
  readonly test: LabelledInputs;
  readonly coordinates: Coordinates;
  /** What is made of the coordinates of test examples before; nothing by default. */
  readonly query?: (coordinates: readonly Tensor2D[], part: number) => readonly Tensor2D[];
}

/** The products of the gradients of test and training examples, `[t, n]`; no more gradients are held than fit. */
export async function exampleProducts(problem: LayeredProblem, comparison: Comparison): Promise<NdArray<Float64Array>> {
  const [tests, count] = [comparison.test.labels.length, comparison.training.labels.length];
  const data = new Float64Array(tests * count);
  const together = Math.max(1, Math.floor(HELD / weightCount(problem.layers)));
  for (let first = 0; first < tests; first += together) {
    const queries = await queriesOf(problem, comparison, [first, Math.min(first + together, tests)]);
    await withQueries(queries, (tensors) =>
      forEachBatch(
        { ...problem, stage: 'influence', total: count },
        (chunk) => ({ products: productsWith(tensors, problem, { comparison, chunk }) }),
        ({ products }, chunk) => place(products, { data, first, count, chunk }),
      ),
    );
  }
  return { shape: [tests, count], data };
}

/** The numbers of the gradients of test examples that are held at once. */
const HELD = 2 ** 25;

/** The factors of the gradients of the losses of some examples, each at its label; in the `tf.tidy` of the caller. */
export function lossFactors(
  problem: LayeredProblem,
  { inputs, labels }: LabelledInputs,
  { start, end }: Pick<Chunk, 'start' | 'end'>,
): readonly LayerFactors[] {
  const rows = inputs.map((input) => rowsOf(input, start, end));
  const own = Array.from({ length: end - start }, (_, i) => labels[start + i] as number);
  return exampleGradients(problem, problem.layers, rows, (probabilities) => [labelSeeds(probabilities, own)]);
}

/** The coordinates of test examples, by part and number. */
async function queriesOf(
  problem: LayeredProblem,
  { test, coordinates, query = (own) => own }: Comparison,
  [first, last]: readonly [number, number],
): Promise<Readonly<Record<string, NdArray>>> {
  return mapBatches({ ...problem, stage: 'test', total: last - first }, (start, end) => {
    const factors = lossFactors(problem, test, { start: first + start, end: first + end });
    const named = factors.flatMap((own, part) => {
      const made = tf.tidy(() => [...query(coordinates(own, part), part)]);
      return made.map((rows, i): [string, Tensor] => [nameOf(part, i), rows]);
    });
    return Object.fromEntries(named);
  });
}

function nameOf(part: number, i: number): string {
  return `${part}: ${i}`;
}

type Queries = Readonly<Record<string, Tensor2D>>;

function withQueries(
  queries: Readonly<Record<string, NdArray>>,
  job: (tensors: Queries) => Promise<void>,
): Promise<void> {
  const tensorOf = ({ shape, data }: NdArray): Tensor2D => tf.tensor2d(data, shape as [number, number]);
  return withTensors(
    () => Object.fromEntries(Object.entries(queries).map(([name, rows]) => [name, tensorOf(rows)])),
    job,
  );
}

/** The products of test examples with those of a chunk, `[t, n]`, added up over all parts. */
function productsWith(
  queries: Queries,
  problem: LayeredProblem,
  { comparison, chunk }: { readonly comparison: Comparison; readonly chunk: Chunk },
): Tensor {
  const parts = lossFactors(problem, comparison.training, chunk).map((factors, part) =>
    tf.tidy(() =>
      comparison
        .coordinates(factors, part)
        .map((rows, i): Tensor => tf.matMul(queries[nameOf(part, i)] as Tensor2D, rows, false, true))
        .reduce((product, other) => tf.mul(product, other)),
    ),
  );
  return tf.addN(parts);
}

interface Place {
  readonly data: Float64Array;
  readonly first: number;
  readonly count: number;
  readonly chunk: Chunk;
}

function place({ shape, data: products }: NdArray, { data, first, count, chunk: { start } }: Place): void {
  const [tests, width] = shape as [number, number];
  for (let test = 0; test < tests; test++)
    data.set(products.subarray(test * width, (test + 1) * width), (first + test) * count + start);
}

function weightCount(layers: readonly WeightedLayer[]): number {
  const sizes = layers.map(({ calls: [call] }) => Object.values(call?.operation.parameters ?? {}));
  return sizes.flat().reduce((sum, { size }) => sum + size, 0);
}
