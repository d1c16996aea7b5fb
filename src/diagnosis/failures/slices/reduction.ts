import { principalDirections } from '../../../numeric/linear/principalDirections.ts';
import { dot } from '../../../numeric/linear/vectors.ts';
import type { NdArray, TypedArray } from '../../../numeric/ndarray.ts';
import { forEachOf, type Sliced } from '../../../numeric/sliced.ts';

/** Vectors of fewer numbers. */
export interface Reduction {
  readonly width: number;
  /** Embeddings `[n, d]` as vectors `[n, width]`. */
  project(embeddings: NdArray<TypedArray>): Sliced<Float64Array>;
}

/** The directions along which embeddings vary most, `most` of them; the embeddings as they are where they have no more numbers. */
export function* reductionOf(embeddings: NdArray<TypedArray>, most: number): Sliced<Reduction> {
  const [count, length] = embeddings.shape as readonly [number, number];
  const mean = meanOf(embeddings);
  if (length <= most) return { width: length, project: (given) => centred(given, mean) };
  const rows = yield* centred(embeddings, mean);
  const directions =
    count < length ? yield* ofProducts(rows, { count, length, most }) : yield* ofMoments(rows, { count, length, most });
  return {
    width: directions.length,
    *project(given) {
      const [own, values] = [given.shape[0] as number, yield* centred(given, mean)];
      const vectors = new Float64Array(own * directions.length);
      yield* forEachOf(own, length * directions.length, (i) => {
        const row = values.subarray(i * length, (i + 1) * length);
        vectors.set(
          directions.map((direction) => dot(row, direction)),
          i * directions.length,
        );
      });
      return vectors;
    },
  };
}

interface Size {
  readonly count: number;
  readonly length: number;
  readonly most: number;
}

/** Eigenvectors of the covariance. */
function* ofMoments(rows: Float64Array, { count, length, most }: Size): Sliced<readonly Float64Array[]> {
  const moments = new Float64Array(length * length);
  yield* forEachOf(count, length * length, (i) => {
    const row = rows.subarray(i * length, (i + 1) * length);
    for (let a = 0; a < length; a++) {
      const value = row[a] as number;
      if (value === 0) continue;
      for (let b = 0, at = a * length; b < length; b++, at++) moments[at]! += value * (row[b] as number);
    }
  });
  const { directions } = yield* principalDirections(moments);
  return directions.slice(0, most);
}

/** The same of fewer examples than numbers, by the eigenvectors of the products of examples. */
function* ofProducts(rows: Float64Array, { count, length, most }: Size): Sliced<readonly Float64Array[]> {
  const row = (i: number): Float64Array => rows.subarray(i * length, (i + 1) * length);
  const products = new Float64Array(count * count);
  yield* forEachOf(count, count * length, (i) => {
    for (let j = 0; j < count; j++) products[i * count + j] = dot(row(i), row(j));
  });
  const { directions, variances } = yield* principalDirections(products);
  const kept = directions.slice(0, most).filter((_, k) => (variances[k] as number) > 1e-12 * (variances[0] as number));
  const found: Float64Array[] = [];
  yield* forEachOf(kept.length, count * length, (k) => {
    const direction = new Float64Array(length);
    for (let i = 0; i < count; i++) {
      const share = ((kept[k] as Float64Array)[i] as number) / Math.sqrt(variances[k] as number);
      row(i).forEach((value, at) => {
        direction[at]! += share * value;
      });
    }
    found.push(direction);
  });
  // Vectors that do not vary have no direction; any one does.
  return found.length > 0 ? found : [new Float64Array(length)];
}

function meanOf({ shape, data }: NdArray<TypedArray>): Float64Array {
  const [count, length] = shape as readonly [number, number];
  const mean = new Float64Array(length);
  for (let i = 0; i < count; i++) for (let k = 0; k < length; k++) mean[k]! += (data[i * length + k] as number) / count;
  return mean;
}

function* centred({ shape, data }: NdArray<TypedArray>, mean: Float64Array): Sliced<Float64Array> {
  const rows = new Float64Array(data.length);
  yield* forEachOf(shape[0] as number, mean.length, (i) => {
    for (let k = 0, at = i * mean.length; k < mean.length; k++, at++) {
      rows[at] = (data[at] as number) - (mean[k] as number);
    }
  });
  return rows;
}
