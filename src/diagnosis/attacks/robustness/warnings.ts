import * as tf from '@tensorflow/tfjs-core';
import { mapBatches } from '../../../network/walk/batches.ts';
import { rowsOf } from '../../../network/walk/inputs.ts';
import { rowOf } from '../../../numeric/ndarray.ts';
import { type AttackBatch, climb, someOf } from '../field/attackBatch.ts';
import { type AttackField, verdictOf } from '../field/attackField.ts';
import { axesOf } from '../field/ball.ts';
import { crossEntropy } from '../field/losses.ts';
import type { PlannedAttack } from './plannedAttacks.ts';
import type { AttackRound, RobustnessWarning } from './types.ts';

/** What of a model makes attacks by its gradients, or all, doubtful. */
export async function warningsOf(field: AttackField): Promise<readonly RobustnessWarning[]> {
  return [...probabilities(field), ...(await randomness(field)), ...(await zeroGradients(field))];
}

/** Where an attack without gradients finds what those with gradients do not. */
export function maskingOf(
  rounds: readonly AttackRound[],
  attacks: readonly PlannedAttack[],
): readonly RobustnessWarning[] {
  const blind = attacks.findIndex(({ needsGradients }) => !needsGradients);
  const round = rounds[blind];
  if (!round || round.broken === 0 || blind === 0) return [];
  return [
    {
      kind: 'gradientMasking',
      text: `"${round.attack}", which sees scores only, broke ${round.broken} of ${round.tried} examples that attacks with gradients did not: gradients may be masked, and the robust accuracy much lower`,
    },
  ];
}

/** Scores that are probabilities already: their differences vanish where the model is sure. */
function probabilities({ head, before }: AttackField): readonly RobustnessWarning[] {
  const { link } = head;
  if (link === 'probabilities' || link === 'binaryProbability')
    return [
      {
        kind: 'probabilities',
        text: `"${head.site.address}" gives probabilities and no logits: where they are 0 or 1 in 32 bits nothing can be climbed`,
      },
    ];
  const { scores } = before;
  const rows = Array.from({ length: scores.shape[0] as number }, (_, i) => rowOf(scores, i));
  if (link === 'softmax' || link === 'binary' || !rows.every(isDistribution)) return [];
  return [
    {
      kind: 'probabilities',
      text: `what "${head.site.address}" gives lies in 0..1 and sums to 1: if these are probabilities, say output: 'probabilities'`,
    },
  ];
}

function isDistribution(row: Float32Array): boolean {
  const sum = row.reduce((total, value) => total + value, 0);
  return row.every((value) => value >= 0 && value <= 1) && Math.abs(sum - 1) < 1e-3;
}

/** Whether a second run gives something else. */
async function randomness({ all, before, options }: AttackField): Promise<readonly RobustnessWarning[]> {
  const again = await verdictOf(all, all.x, options);
  const { data } = before.scores;
  const most = data.reduce((greatest, value) => Math.max(greatest, Math.abs(value)), 0);
  const differ = data.some((value, i) => Math.abs(value - (again.scores.data[i] as number)) > 1e-4 * most);
  if (!differ) return [];
  return [
    {
      kind: 'random',
      text: 'two runs of the same examples gave different scores: an attack that succeeded once may not succeed again, and none of these averages over runs',
    },
  ];
}

/** The share of examples with no gradient from which a warning is given. */
const SHARE_OF_ZEROS = 0.05;

/** Whether the cross-entropy of the label has no gradient at too many of the examples that are right. */
async function zeroGradients(field: AttackField): Promise<readonly RobustnessWarning[]> {
  const { all, initial, options } = field;
  const rows = initial.flatMap((isWrong, row) => (isWrong ? [] : [row]));
  if (rows.length === 0) return [];
  const zeros = (await largestGradients(uncounted(someOf(all, rows)), options)).filter((value) => value === 0).length;
  if (zeros <= SHARE_OF_ZEROS * rows.length) return [];
  return [
    {
      kind: 'zeroGradients',
      text: `the cross-entropy has no gradient in 32 bits at ${zeros} of ${rows.length} examples: attacks that climb it do nothing there`,
    },
  ];
}

async function largestGradients(
  batch: AttackBatch,
  { batchSize }: { readonly batchSize?: number },
): Promise<Float32Array> {
  const { signal, x } = batch;
  const plan = {
    stage: 'gradients',
    total: x.shape[0] as number,
    ...(batchSize && { batchSize }),
    ...(signal && { signal }),
  };
  const { most } = await mapBatches(plan, (start, end) => {
    const some = someOf(
      batch,
      Array.from({ length: end - start }, (_, i) => start + i),
    );
    const { gradient } = climb(some, rowsOf(some.x, 0, end - start), crossEntropy);
    return { most: tf.max(tf.abs(gradient), axesOf(gradient)) };
  });
  return most.data as Float32Array;
}

/** A look at a model is no query of an attack. */
function uncounted(batch: AttackBatch): AttackBatch {
  const { forward, backward } = batch.passes;
  return {
    ...batch,
    passes: { forward: new Float64Array(forward.length), backward: new Float64Array(backward.length) },
  };
}
