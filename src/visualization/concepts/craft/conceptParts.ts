import type { RunOptions } from '../../../network/types.ts';
import { descendingOrder } from '../../../numeric/correlation.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { extremeFactors } from '../../../numeric/linear/extremeFactors.ts';
import { type FoundFactors, multiplicativeFactors } from '../../../numeric/linear/multiplicativeFactors.ts';
import { norm } from '../../../numeric/linear/vectors.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import type { Sliced } from '../../../numeric/sliced.ts';
import type { CropRows } from './cropRows.ts';
import type { ConceptCrop } from './types.ts';

/** What crops are made of. */
export interface ConceptParts {
  /** Of unit length, `[concepts, units]`. */
  readonly parts: NdArray;
  /** How much of each is in each crop, `[crops × concepts]`. */
  readonly weights: Float64Array;
  /** The share of the squared activations that they account for. */
  readonly explained: number;
}

/** Finds the parts of crops; of those asked for, the ones that nothing is made of are left out. */
export function* conceptParts(
  { values, crops }: CropRows,
  { count, steps }: { readonly count: number; readonly steps: number },
  onProgress: RunOptions['onProgress'],
): Sliced<ConceptParts> {
  const matrix = { rows: crops.length, columns: values.length / crops.length, values };
  const whole = norm(values);
  if (whole === 0)
    throw new VitrineError('bad-argument', '"layer" expected one that some image activates, got zeros alone');
  const onStep = (step: number): void => onProgress?.({ stage: 'factors', done: step + 1, total: steps });
  const found = yield* multiplicativeFactors(matrix, yield* extremeFactors(matrix, count), { steps, onStep });
  return { ...withUnitLength(found), explained: 1 - ((found.errors[steps] as number) / whole) ** 2 };
}

/** The crops with most of a concept, the most first. */
export function bestCrops(
  { crops }: CropRows,
  { parts, weights }: ConceptParts,
  concept: number,
  examples: number,
): readonly ConceptCrop[] {
  const count = parts.shape[0] as number;
  const own = Float64Array.from(crops, (_, crop) => weights[crop * count + concept] as number);
  return Array.from(descendingOrder(own).subarray(0, examples), (crop) => ({
    ...(crops[crop] as (typeof crops)[0]),
    weight: own[crop] as number,
  }));
}

/** Parts of unit length, and weights that make up for it. */
function withUnitLength({ weights, parts, count }: FoundFactors): Pick<ConceptParts, 'parts' | 'weights'> {
  const columns = parts.length / count;
  const vectors = Array.from({ length: count }, (_, k) =>
    Float64Array.from({ length: columns }, (_, column) => parts[column * count + k] as number),
  );
  const lengths = vectors.map(norm);
  const kept = [...lengths.keys()].filter((k) => (lengths[k] as number) > 0);
  const data = new Float32Array(kept.length * columns);
  kept.forEach((k, i) =>
    data.set(
      (vectors[k] as Float64Array).map((value) => value / (lengths[k] as number)),
      i * columns,
    ),
  );
  return {
    parts: { shape: [kept.length, columns], data },
    weights: Float64Array.from({ length: (weights.length / count) * kept.length }, (_, at) => {
      const k = kept[at % kept.length] as number;
      return (weights[Math.floor(at / kept.length) * count + k] as number) * (lengths[k] as number);
    }),
  };
}
