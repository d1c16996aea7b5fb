import { concatenated } from '../../../network/walk/batches.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import type { Sampled } from './codeSampling.ts';

/** The samples of one objective. */
export interface GroupOfSamples extends Sampled {
  /** `[n, h, w, c]` */
  readonly images: NdArray;
  readonly diversity?: number;
}

/** The samples of all objectives. */
interface Gathered {
  readonly images: NdArray;
  readonly codes: NdArray;
  readonly objective: NdArray;
  readonly curve: NdArray;
  readonly terms: NdArray;
  readonly diversity?: Float64Array;
}

/** Joins the samples of all objectives along a first axis. */
export function gatheredSamples(groups: readonly GroupOfSamples[]): Gathered {
  const curves = groups.map(({ curve }) => bySample(curve, 1));
  const last = groups.map(({ curve }) => bySample(curve.slice(-1), 1));
  const objective = stacked(last);
  const diversity = groups.flatMap(({ diversity }) => (diversity === undefined ? [] : [diversity]));
  return {
    images: stacked(groups.map(({ images }) => images)),
    codes: stacked(groups.map(({ codes }) => codes)),
    objective: { shape: objective.shape.slice(0, 2), data: objective.data },
    curve: stacked(curves.map(({ shape, data }) => ({ shape: shape.slice(0, 2), data }))),
    terms: stacked(groups.map(({ terms, codes }) => bySample(terms, 4, codes.shape[0]))),
    ...(diversity.length > 0 && { diversity: Float64Array.from(diversity) }),
  };
}

/** What was found of all samples in each step, `[n, width]`, as one array `[n, steps, width]`. */
function bySample(steps: readonly Float32Array[], width: number, count = (steps[0]?.length ?? 0) / width): NdArray {
  const data = new Float32Array(count * steps.length * width);
  steps.forEach((values, step) => {
    for (let sample = 0; sample < count; sample++) {
      const row = values.subarray(sample * width, (sample + 1) * width);
      data.set(row, (sample * steps.length + step) * width);
    }
  });
  return { shape: [count, steps.length, width], data };
}

/** Arrays of one shape as one with an axis more. */
function stacked(arrays: readonly NdArray[]): NdArray {
  return { shape: [arrays.length, ...(arrays[0]?.shape ?? [])], data: concatenated(arrays).data };
}
