import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import { object } from '../../numeric/options.ts';
import { matrixOf, type NumberList, vectorOf } from '../vectorOf.ts';

/** Images as linear models: the result of {@link rationaleVectors}, or as much of it as is asked for. */
export interface RationaleSet {
  /** x, `[n, d]`. */
  readonly responses: NdArray<TypedArray>;
  /** g, `[n, d]`. */
  readonly rationales: NdArray<TypedArray>;
  /** y, `[n]`. */
  readonly outputs: NumberList;
}

/** Checked images: row i of each array is image i. */
export interface Samples {
  readonly count: number;
  readonly width: number;
  readonly responses: Float64Array;
  readonly rationales: Float64Array;
  readonly outputs: Float64Array;
}

/** Checks vectors of images. */
export function samplesOf(images: RationaleSet, width?: number, at = ''): Samples {
  object(at === '' ? 'images' : at.slice(0, -1), images);
  const { responses, rationales, outputs } = images;
  const x = matrixOf(`${at}responses`, responses);
  const g = matrixOf(`${at}rationales`, rationales);
  const [count, filters] = x.shape as [number, number];
  if (width !== undefined && width !== filters) {
    throw new VitrineError('bad-shape', `"${at}responses" expected ${width} filters, got ${filters}`);
  }
  if (g.shape[0] !== count || g.shape[1] !== filters) {
    throw new VitrineError(
      'bad-shape',
      `"${at}rationales" expected shape [${count}, ${filters}], got [${g.shape.join(', ')}]`,
    );
  }
  for (let image = 0; image < count; image++) {
    if (tableRow(g.data, image, filters).some((value) => value !== 0)) continue;
    throw new VitrineError(
      'bad-argument',
      `"${at}rationales" expected a rationale of each image, got zeros for image ${image}`,
    );
  }
  return {
    count,
    width: filters,
    responses: x.data,
    rationales: g.data,
    outputs: vectorOf(`${at}outputs`, outputs, count),
  };
}

/** A row of a table of this width. */
export function tableRow(data: Float64Array, row: number, width: number): Float64Array {
  return data.subarray(row * width, (row + 1) * width);
}
