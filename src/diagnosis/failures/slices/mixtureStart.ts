import { random } from '../../../numeric/random.ts';
import { forEachOf, type Sliced } from '../../../numeric/sliced.ts';
import { firstGreatest } from '../../../numeric/statistics.ts';
import type { MixtureData } from './expectation.ts';

/**
 * Responsibilities `[n, components]` to begin with: each component starts as one cell of the confusion matrix, label against
 * predicted class, with a little chance, so that components of one cell part. Cells of errors and of hits take turns, the
 * largest first, until all components have one.
 */
export function* confusionStart(data: MixtureData, components: number, seed: number): Sliced<Float64Array> {
  const cells = cellsOf(data);
  const order = inTurns(cells, data.classes);
  const responsibilities = new Float64Array(data.count * components);
  yield* forEachOf(data.count, 200 + 10 * components, (i) => {
    const { uniform } = random(seed, i);
    const own = responsibilities.subarray(i * components, (i + 1) * components);
    for (let s = 0; s < components; s++) {
      own[s] = 1e-3 * uniform() + Number(order[s % order.length] === cells[i]);
    }
    const sum = own.reduce((all, value) => all + value, 0);
    own.forEach((value, s) => {
      own[s] = value / sum;
    });
  });
  return responsibilities;
}

/** label × classes + predicted class. */
function cellsOf({ count, labels, probabilities, classes }: MixtureData): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => {
    return (labels[i] as number) * classes + firstGreatest(probabilities.subarray(i * classes, (i + 1) * classes));
  });
}

function inTurns(cells: Int32Array, classes: number): readonly number[] {
  const sizes = new Map<number, number>();
  for (const cell of cells) sizes.set(cell, (sizes.get(cell) ?? 0) + 1);
  const bySize = [...sizes].sort(([a, m], [b, n]) => n - m || a - b).map(([cell]) => cell);
  const isHit = (cell: number): boolean => Math.floor(cell / classes) === cell % classes;
  const [errors, hits] = [bySize.filter((cell) => !isHit(cell)), bySize.filter(isHit)];
  return bySize.flatMap((_, turn) => [errors[turn], hits[turn]]).filter((cell) => cell !== undefined);
}
