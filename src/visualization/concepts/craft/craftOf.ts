import { descendingOrder } from '../../../numeric/correlation.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { directionsOf } from '../../../scoring/directions.ts';
import type { ImageConcepts } from './conceptImportance.ts';
import { bestCrops, type ConceptParts } from './conceptParts.ts';
import type { CropRows } from './cropRows.ts';
import type { Craft } from './types.ts';

/** Plain data, concepts in the order of their importance. */
export function craftOf(layer: string, { rows, found, concepts, examples }: Findings): Craft {
  const [count, units] = found.parts.shape as readonly [number, number];
  const importances = Float64Array.from({ length: count }, (_, k) =>
    concepts.reduce((sum, { indices }) => sum + (indices[k] as number) / concepts.length, 0),
  );
  const order = [...descendingOrder(importances)];
  const reordered = (values: ArrayLike<number>): Float32Array =>
    Float32Array.from(values, (_, at) => values[at - (at % count) + (order[at % count] as number)] as number);
  const parts = new Float32Array(count * units);
  order.forEach((k, i) => parts.set(found.parts.data.subarray(k * units, (k + 1) * units), i * units));
  return {
    layer,
    concepts: order.map((k) => ({ importance: importances[k] as number, crops: bestCrops(rows, found, k, examples) })),
    directions: directionsOf(layer, { shape: [count, units], data: parts }),
    indices: { shape: [concepts.length, count], data: reordered(concepts.flatMap(({ indices }) => [...indices])) },
    maps: concepts.map(({ map }): NdArray => ({ shape: map.shape, data: reordered(map.data) })),
    score: Float32Array.from(concepts, ({ score }) => score),
    rebuiltScore: Float32Array.from(concepts, ({ rebuiltScore }) => rebuiltScore),
    explained: found.explained,
  };
}

/** What was found of crops and of whole images. */
interface Findings {
  readonly rows: CropRows;
  readonly found: ConceptParts;
  readonly concepts: readonly ImageConcepts[];
  readonly examples: number;
}
