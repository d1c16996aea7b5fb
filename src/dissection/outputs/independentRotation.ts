import { Matrix } from 'ml-matrix';
import { inSlices } from '../../backend/inTurn.ts';
import type { RunOptions } from '../../network/types.ts';
import { icaStep } from '../../numeric/linear/icaStep.ts';
import { random } from '../../numeric/random.ts';
import { haarRotation } from '../../numeric/rotation/haarRotation.ts';

/** How independent directions are sought. */
export interface Search extends Pick<RunOptions, 'signal' | 'onProgress'> {
  readonly seed: number;
  readonly steps: number;
}

const ENOUGH = 1e-9;

/** The rotation of whitened vectors of a size that makes their coordinates most independent, from a random one. */
export async function independentRotation(
  whitened: Float64Array,
  size: number,
  { seed, steps, signal, onProgress }: Search,
): Promise<{ rotation: Matrix; converged: boolean }> {
  let rotation = new Matrix([[1]]);
  if (size > 1)
    rotation = Matrix.from1DArray(size, size, (await inSlices(haarRotation(size, random(seed)), { signal })).data);
  for (let step = 1; step <= steps && size > 1; step++) {
    const next = await inSlices(icaStep(whitened, rotation), { signal });
    const cosines = next.mmul(rotation.transpose()).diagonal();
    rotation = next;
    onProgress?.({ stage: 'independent', done: step, total: steps });
    if (cosines.every((cosine) => 1 - Math.abs(cosine) < ENOUGH)) return { rotation, converged: true };
  }
  return { rotation, converged: size === 1 };
}
