import { expect, test } from 'vitest';
import { growDecisionTree } from '../../src/distillation/rationale/growDecisionTree.ts';
import { rationaleVectors } from '../../src/distillation/rationale/rationaleVectors.ts';

// Images that are all the same make all pairs equal to the bit.
test.each(['gain', 'gainPerImage'] as const)('of equal pairs that of the earlier nodes is merged (%s)', (criterion) => {
  const wave = (rate: number): Float32Array =>
    Float32Array.from({ length: 5 * 12 }, (_, i) => 1.5 + Math.sin(rate * (i % 12)));
  const vectors = rationaleVectors({
    responses: { shape: [5, 2, 2, 3], data: wave(3) },
    gradients: { shape: [5, 2, 2, 3], data: wave(5) },
    outputs: [4, 4, 4, 4, 4],
  });
  const { merges } = growDecisionTree(vectors, { criterion, maxMerges: 2 });
  expect(merges.map(({ images }) => images)).toEqual([
    [0, 1],
    [2, 3],
  ]);
});
