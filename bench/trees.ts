import type { RationaleVectors } from '../src/distillation/index.ts';
import { growDecisionTree, rationaleVectors } from '../src/index.ts';
import { random } from '../src/numeric/random.ts';
import type { Job } from './measure.ts';

const [IMAGES, FEWER, FILTERS, KINDS] = [300, 100, 256, 5];

/** Growing trees of images that are of a few kinds; the report gives milliseconds. */
export function treeJobs(): readonly Job[] {
  const positives = imagesOf(IMAGES, 1, 5);
  const few = imagesOf(FEWER, 1, 5);
  const negatives = imagesOf(FEWER, 2, -5, few.meanResponses);
  return [
    {
      name: `growing a tree of ${IMAGES} images`,
      run: async () => growDecisionTree(positives),
    },
    {
      name: `growing a tree of ${IMAGES} images by the gain per image`,
      run: async () => growDecisionTree(positives, { criterion: 'gainPerImage' }),
    },
    {
      name: `growing a tree of ${FEWER} images above ${FEWER} negatives`,
      run: async () => growDecisionTree({ ...few, negatives }),
    },
  ];
}

function imagesOf(count: number, seed: number, output: number, scale?: Float64Array): RationaleVectors {
  const { normal, integer } = random(seed);
  const kinds = Array.from({ length: KINDS }, (_, kind) =>
    Float64Array.from({ length: FILTERS }, random(9, kind).normal),
  );
  const responses = Float64Array.from({ length: count * FILTERS }, () => Math.max(0.8 + 0.4 * normal(), 0));
  const gradients = Array.from({ length: count }, () => {
    const kind = kinds[integer(KINDS)] as Float64Array;
    return Array.from(kind, (value) => value + 0.5 * normal());
  });
  const shape = [count, FILTERS];
  return rationaleVectors({
    responses: { shape, data: responses },
    gradients: { shape, data: Float64Array.from(gradients.flat()) },
    outputs: Float64Array.from({ length: count }, () => output + normal()),
    ...(scale && { scale }),
  });
}
