import { type NdArray, rowOf, sizeOf } from '../../../numeric/ndarray.ts';
import { atOnce } from '../../../numeric/sliced.ts';
import type { AttackBatch } from '../field/attackBatch.ts';
import { lengthsOf } from '../field/attackedBy.ts';
import type { Norm } from '../field/attackOptions.ts';

/** Of what an attack tries, the nearest change of each example that reaches its aim; until there is one, what came nearest to it. */
export interface Nearest {
  /** `[m, …]` */
  readonly changed: NdArray;
  /** How far each is, infinity where the aim was not reached. */
  readonly distances: Float64Array;
  /** Takes note of one change of each of some rows, and of its margin, which is above 0 where the aim is reached. */
  see(rows: readonly number[], changed: NdArray, margins: ArrayLike<number>): void;
}

/** No change yet. */
export function nearestOf({ x, labels }: Pick<AttackBatch, 'x' | 'labels'>, norm: Norm): Nearest {
  const size = sizeOf(x.shape.slice(1));
  const data = Float32Array.from(x.data);
  const distances = new Float64Array(labels.length).fill(Number.POSITIVE_INFINITY);
  const best = new Float64Array(labels.length).fill(Number.NEGATIVE_INFINITY);
  return {
    changed: { shape: x.shape, data },
    distances,
    see(rows, changed, margins) {
      rows.forEach((row, i) => {
        const example = rowOf(changed, i);
        const from: NdArray = { shape: [1, size], data: rowOf(x, row) };
        const reach = margins[i] as number;
        const distance =
          reach > 0
            ? (atOnce(lengthsOf({ shape: [1, size], data: example }, from))[norm][0] as number)
            : Number.POSITIVE_INFINITY;
        const isNearer = distance < (distances[row] as number);
        const isBetter = distances[row] === Number.POSITIVE_INFINITY && reach > (best[row] as number);
        if (!isNearer && !isBetter) return;
        best[row] = reach;
        distances[row] = distance;
        data.set(example, row * size);
      });
    },
  };
}
