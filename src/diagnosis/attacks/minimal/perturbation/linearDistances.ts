import { someOf } from '../../field/attackBatch.ts';
import { type AttackField, partsOf } from '../../field/attackField.ts';
import type { Norm } from '../../field/attackOptions.ts';
import { dualLength, rivalsOf, slopesOf } from '../slopes.ts';

/**
 * How far the nearest boundary would be if the scores were linear: $\min_k |f_k| / \lVert\nabla f_k\rVert_q$ over the classes that an
 * example comes nearest to. Infinite where all gradients are zero, and 0 of examples that are wrong as they are.
 */
export async function linearDistances(field: AttackField, norm: Norm): Promise<Float32Array> {
  const { all, initial } = field;
  const distances = new Float32Array(initial.length);
  const rows = initial.flatMap((isDone, row) => (isDone ? [] : [row]));
  for (const part of partsOf(field, rows)) {
    const batch = someOf(all, part);
    const slopes = await slopesOf(batch, batch.x, await rivalsOf(batch, RIVALS));
    part.forEach((row, i) => {
      const lengths = (slopes[i] ?? []).map(({ value, gradient }) => {
        const slope = dualLength(gradient, norm);
        return slope > 0 ? Math.abs(value) / slope : Number.POSITIVE_INFINITY;
      });
      distances[row] = Math.min(...lengths);
    });
  }
  return distances;
}

/** As many as DeepFool looks at. */
const RIVALS = 9;
