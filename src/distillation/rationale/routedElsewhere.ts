import { VitrineError } from '../../numeric/errors.ts';
import { atOnce, forEachOf, type Sliced } from '../../numeric/sliced.ts';
import { assertRationaleTree } from '../assertTree.ts';
import { nearestNode } from './parseTree.ts';
import { type RationaleSet, samplesOf, tableRow } from './samples.ts';
import type { RationaleTree } from './types.ts';

/**
 * The share of the images a tree was grown from whose way begins at another node of the second layer than the one they were
 * merged into. While a tree grows an image belongs to the node it was merged into; read as a new one, by the cosine of
 * rationales, it may go elsewhere, above all where few filters were selected. The greater the share, the less the likelihood of the
 * tree says of what it will say of images.
 *
 * @param tree of {@link growDecisionTree} or {@link distillDecisionTree}.
 * @param images the vectors that it was grown from.
 * @returns a number from 0 to 1.
 * @throws {VitrineError} if there are not as many images as the tree has leaves, or of another number of filters.
 * @example
 * ```ts
 * import { growDecisionTree } from 'vitrine';
 * import { routedElsewhere } from 'vitrine/distillation';
 * const images = {
 *   responses: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
 *   rationales: { shape: [2, 2], data: Float32Array.of(1, 0, 0, 1) },
 *   outputs: [1, 4],
 *   biases: [0, 0],
 * };
 * console.log(routedElsewhere(growDecisionTree(images, { maxMerges: 0 }), images)); // 0
 * ```
 */
export function routedElsewhere(tree: RationaleTree, images: RationaleSet): number {
  assertRationaleTree(tree);
  return atOnce(shareElsewhere(tree, images));
}

/** The same, to be done in slices. */
export function* shareElsewhere(tree: RationaleTree, images: RationaleSet): Sliced<number> {
  const samples = samplesOf(images, tree.nodes[0]?.weights.length);
  assertTrainingImages(tree, samples.count);
  let elsewhere = 0;
  yield* forEachOf(samples.count, 4 * samples.width * tree.secondLayer.length, (image) => {
    const first = nearestNode(tree, tree.secondLayer, tableRow(samples.rationales, image, samples.width));
    if (!tree.nodes[first]?.images.includes(image)) elsewhere++;
  });
  return elsewhere / samples.count;
}

/** Refuses another number of images than a tree was grown from. */
export function assertTrainingImages({ nodes }: RationaleTree, count: number): void {
  const leaves = nodes.filter(({ children }) => children.length === 0).length;
  if (count === leaves) return;
  throw new VitrineError('bad-argument', `"images" expected the ${leaves} that the tree was grown from, got ${count}`);
}
