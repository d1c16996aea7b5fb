import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { type Build, free } from '../oracle/building.ts';
import type { Examples, Scores } from '../oracle/occlusion.ts';
import { weightedPredictions } from './weightedOutputs.ts';

/** Builds a model for one test and frees it. */
export async function withBuilt(build: Build, run: (model: LayersModel) => Promise<void>): Promise<void> {
  const model = build();
  try {
    await run(model);
  } finally {
    free(model);
  }
}

/** Pictures, and what each of their values is where it is covered. */
export function coverable({ shape, data }: NdArray, hidden: (i: number) => number): Examples {
  const [count, rows, columns, channels] = shape as [number, number, number, number];
  return { count, rows, columns, channels, data, hidden: data.map((_, i) => hidden(i)) };
}

/** Every row through the whole model, by tfjs. */
export function predictedScores(model: LayersModel, { shape }: NdArray): Scores {
  return (rows, examples) => weightedPredictions(model, [{ shape: [examples.length, ...shape.slice(1)], data: rows }]);
}

/** As far as single precision goes for differences of scores of this size. */
export function precisionOf(score: Float32Array, differences: readonly number[]): number {
  return 2e-5 * [...score, ...differences].reduce((most, value) => Math.max(most, Math.abs(value)), 1);
}
