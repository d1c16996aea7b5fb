import { describe, expect, test } from 'vitest';
import { startsOf } from '../../../../src/diagnosis/attacks/bounded/starts.ts';
import { inputSpace } from '../../../../src/diagnosis/attacks/field/inputSpace.ts';
import { attacks } from '../../../../src/diagnosis/index.ts';
import type { NdArray } from '../../../../src/numeric/ndarray.ts';
import { atOnce } from '../../../../src/numeric/sliced.ts';
import {
  apgdPath,
  ascended,
  type Budget,
  backInto,
  type Goal,
  lossOracles,
  pgdPath,
  strongestPlace,
} from '../../../oracle/attacks.ts';
import { free } from '../../../oracle/building.ts';
import { batch } from '../../../oracle/denseModel.ts';
import { attackedNetwork, rowsOfBatch } from '../../../support/attacked.ts';
import { expectClose } from '../../../support/close.ts';
import { expectNear } from '../../../support/near.ts';

const bounds = [0, 1] as const;

/** What a model says of each row, by loops. */
function predicted(): number[] {
  const { model, layers, x } = attackedNetwork([10, 14, 9, 5], { seed: 3 });
  free(model);
  return rowsOfBatch(x).map((row) => {
    const { logits } = ascended(layers, lossOracles.margin, { label: 0 })(row);
    return logits.indexOf(Math.max(...logits));
  });
}

const labels = predicted();

/** Every loss, both norms, away from a label and towards a goal. */
const ways = (['crossEntropy', 'dlr', 'margin'] as const).flatMap((loss) =>
  (['linf', 'l2'] as const).flatMap((norm) =>
    [false, true].map((isTargeted) => ({
      loss,
      norm,
      isTargeted,
      title: `${loss} ${norm}${isTargeted ? ' to a goal' : ''}`,
    })),
  ),
);

describe.each(ways)('$title', ({ loss, norm, isTargeted }) => {
  const label = labels;
  const goals = label.map((mine) => (mine + 2) % 5);
  const epsilon = norm === 'linf' ? 0.07 : 0.2;
  const budget: Budget = { norm, epsilon, bounds };
  const criterion = isTargeted ? ({ target: goals } as const) : 'misclassified';
  const wishes = label.map((mine, row): Goal => ({ label: mine, ...(isTargeted && { goal: goals[row] as number }) }));
  const options = { norm, loss, epsilon, bounds, label, criterion } as const;

  test('PGD comes by the places of plain loops, and keeps the strongest', async () => {
    const { model, layers, x } = attackedNetwork([10, 14, 9, 5], { seed: 3 });
    const steps = 8;
    const found = await attacks.pgd(model, x, { ...options, steps, randomStart: false });
    const paths = rowsOfBatch(x).map((row, i) => {
      const at = ascended(layers, lossOracles[loss], wishes[i] as Goal);
      const path = pgdPath(at, row, budget, { stepSize: (2.5 * epsilon) / steps, steps });
      return { path, best: strongestPlace(at, path.slice(1), wishes[i] as Goal), losses: path.map((p) => at(p).loss) };
    });
    await expectClose(found.adversarial, batch(paths.map(({ best }) => [...best])), { tolerance: 5e-4 });
    const { shape, data } = found.history as NdArray;
    expect(shape).toEqual([steps + 1, 6]);
    paths.forEach(({ losses }, i) =>
      expectNear(
        data.filter((_, at) => at % 6 === i),
        losses,
        2e-5,
      ),
    );
    free(model);
  });

  test('APGD comes by the places of plain loops, with their checkpoints', async () => {
    const { model, layers, x } = attackedNetwork([10, 14, 9, 5], { seed: 3 });
    const steps = 24;
    const found = await attacks.apgd(model, x, { ...options, steps });
    const ball = { norm, epsilon, space: inputSpace({ bounds }, 10) };
    const examples = label.map((_, i) => i);
    const drawn = rowsOfBatch(atOnce(startsOf({ x, examples, seed: 0 }, ball, { from: 'surface', stream: 0 })));
    const paths = rowsOfBatch(x).map((row, i) => {
      const at = ascended(layers, lossOracles[loss], wishes[i] as Goal);
      const start = backInto(drawn[i] as readonly number[], row, budget);
      const { path, losses, halvedAt } = apgdPath(at, row, budget, { steps, start });
      return { best: strongestPlace(at, path, wishes[i] as Goal), losses, halvedAt };
    });
    expect(paths.some(({ halvedAt }) => halvedAt.length > 1)).toBe(true);
    const { data } = found.history as NdArray;
    paths.forEach(({ losses }, i) =>
      expectNear(
        data.filter((_, at) => at % 6 === i),
        losses,
        5e-5,
      ),
    );
    await expectClose(found.adversarial, batch(paths.map(({ best }) => [...best])), { tolerance: 5e-4 });
    free(model);
  });
});
