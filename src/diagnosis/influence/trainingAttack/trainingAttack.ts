import type { Model } from '../../../network/types.ts';
import { descendingOrder } from '../../../numeric/correlation.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { rowsChosen } from '../../attacks/field/attackBatch.ts';
import { rowsOfExamples } from '../head/headProblem.ts';
import type { LabelledExamples } from '../types.ts';
import { withExamples } from '../withExamples.ts';
import { type TrainedHead, type TrainingField, testDirection, trainingField } from './field.ts';
import { moved } from './moved.ts';
import { assertTrainingAttack, type TrainingAttackOptions } from './options.ts';
import { pixelSlopes } from './pixelSlopes.ts';

/** Training images whose change gives a test image another class. */
export interface TrainingAttack {
  /** Whether the head that is trained on the changed images gives the test image another class than its label. */
  readonly success: boolean;
  /** Which training images were changed, the most influential first. */
  readonly chosen: readonly number[];
  /** As they became, `[k, …]`. */
  readonly images: NdArray;
  /** The greatest change of a number. */
  readonly change: number;
  /** How probable the label of the test image is at first, and after each training. */
  readonly confidence: Float32Array;
  /** The class of the test image at first, and at the end. */
  readonly classes: readonly [before: number, after: number];
}

/**
 * Changes some training images by so little that nobody sees it, so that the head trained on them gives a test image another
 * class.
 *
 * The images whose pixels have the greatest influence, $|\nabla_x (s^T \nabla_W L(z))|_1$ with $s = H^{-1} \nabla_W L$ of the
 * test image, are chosen; in each step they move against the sign of that gradient, stay within `epsilon` of what they were,
 * and the head is trained again to its optimum. The layers before the head stay as they are.
 *
 * Source: §5.2, Koh and Liang 2017, "Understanding black-box predictions via influence functions".
 *
 * @param model a network of one input, with classes whose logits a dense layer makes.
 * @param training `{images, labels}`: what the head is trained on, n images in the shape of the model's input.
 * @param test `{images, labels}`: a single example.
 * @param options how many images may change, by how much, and where inputs lie: {@link TrainingAttackOptions}.
 * @returns the changed images `[k, …]`, and how probable the label of the test image is after each step.
 * @throws {VitrineError} if the model has several inputs, or `test` several examples.
 * @throws {VitrineError} if images are out of `bounds`.
 * @example
 * ```ts
 * import { trainingAttack } from 'vitrine/diagnosis';
 * const images = { shape: [8, 16, 16, 3], data: Float32Array.from({ length: 8 * 768 }, (_, i) => Math.sin(i * i) ** 2) };
 * const training = { images, labels: [0, 1, 2, 3, 0, 1, 2, 3] };
 * const test = { images: { shape: [1, 16, 16, 3], data: images.data.slice(0, 768) }, labels: [0] };
 * const { success, change } = await trainingAttack(model, training, test, { bounds: [0, 1], steps: 3 });
 * console.log(success, change);
 * ```
 */
export async function trainingAttack(
  model: Model,
  training: LabelledExamples,
  test: LabelledExamples,
  options: TrainingAttackOptions,
): Promise<TrainingAttack> {
  assertTrainingAttack(options);
  return withExamples(model, { training, test }, options, async (sets) => {
    const { field, first } = await trainingField(sets);
    return attacked(field, first);
  });
}

async function attacked(field: TrainingField, first: TrainedHead): Promise<TrainingAttack> {
  const { steps = 100, onProgress } = field.options;
  const chosen = await mostInfluential(field, first);
  const given = rowsChosen(field.images, chosen);
  const confidence = [first.likely[field.label] as number];
  let [images, head] = [given, first];
  for (let step = 0; step < steps && head.predicted === field.label; step++) {
    const direction = await testDirection(field, head);
    const examples = rowsOfExamples(head.problem, chosen);
    const slopes = await pixelSlopes(field, head, { images, examples, direction });
    ({ images, head } = await moved(field, head, { chosen, given, images, slopes }));
    confidence.push(head.likely[field.label] as number);
    onProgress?.({ stage: 'steps', done: step + 1, total: steps });
  }
  const change = images.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (given.data[i] as number))), 0);
  return {
    success: head.predicted !== field.label,
    ...{ chosen, images, change },
    confidence: Float32Array.from(confidence),
    classes: [first.predicted, head.predicted],
  };
}

/** The images whose pixels the test image's loss depends on most. */
async function mostInfluential(field: TrainingField, head: TrainedHead): Promise<readonly number[]> {
  const direction = await testDirection(field, head);
  const { data } = await pixelSlopes(field, head, { images: field.images, examples: head.problem, direction });
  const { rows } = head.problem.features;
  const size = data.length / rows;
  const lengths = Float64Array.from({ length: rows }, (_, row) =>
    data.subarray(row * size, (row + 1) * size).reduce((sum, value) => sum + Math.abs(value), 0),
  );
  return [...descendingOrder(lengths).subarray(0, field.options.examples ?? 1)];
}
