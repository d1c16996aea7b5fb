import { Matrix } from 'ml-matrix';
import { rankRegions } from '../../src/attribution/path/xrai/xraiRanking.ts';
import { regionsOf } from '../../src/attribution/path/xrai/xraiRegions.ts';
import { dependences } from '../../src/attribution/perturbation/randomMasks/hsicAttribution.ts';
import { growthOf } from '../../src/distillation/rationale/growDecisionTree.ts';
import { growing } from '../../src/distillation/rationale/growing.ts';
import { rationaleVectors } from '../../src/distillation/rationale/rationaleVectors.ts';
import { segmenting } from '../../src/image/segmentation/segmenting.ts';
import { imputing } from '../../src/metrics/faithfulness/noisyLinearImputation.ts';
import { icaStep } from '../../src/numeric/linear/icaStep.ts';
import { leadingComponent } from '../../src/numeric/linear/leadingComponent.ts';
import { weightedLeastSquares } from '../../src/numeric/linear/leastSquares.ts';
import { logisticRegression } from '../../src/numeric/linear/logisticRegression.ts';
import { symmetricEigen } from '../../src/numeric/linear/symmetricEigen.ts';
import { random } from '../../src/numeric/random.ts';
import { haarRotation } from '../../src/numeric/rotation/haarRotation.ts';
import { rotationPlanes } from '../../src/numeric/rotation/rotationPlanes.ts';
import { rotationPower } from '../../src/numeric/rotation/rotationPower.ts';
import { atOnce, type Sliced } from '../../src/numeric/sliced.ts';
import { wardClusters } from '../../src/numeric/wardClusters.ts';

/** Some work, and what it must say of itself. */
interface LongWork {
  readonly work: () => Sliced<unknown>;
  /** How many operations it takes at the least. */
  readonly least: number;
  /** How many it may do between two yields; a million by default. */
  readonly most?: number;
}

const numbers = (length: number, seed = 1): Float64Array => Float64Array.from({ length }, random(seed).normal);
const rowsOf = (count: number, width: number): Float64Array[] =>
  Array.from({ length: count }, (_, i) => numbers(width, i));
const image = { shape: [1, 64, 64, 3], data: Float32Array.from(numbers(64 * 64 * 3)) };
const rotation = atOnce(haarRotation(80, random(1)));
const blocks = Int32Array.from({ length: 64 * 64 }, (_, i) => 8 * (i >> 9) + ((i & 63) >> 3));
const plane = { height: 64, width: 64, radius: 5 };

/** The long mathematics of public functions, in small. */
export const longWork: Readonly<Record<string, LongWork>> = {
  'the first component of 200 × 100': {
    // At least three products with the matrix and its transpose.
    work: () => leadingComponent({ shape: [200, 100], data: numbers(20_000) }),
    least: 6 * 20_000,
  },
  'clusters of 80 rows of 50': { work: () => wardClusters(rowsOf(80, 50)), least: (80 * 79 * 50) / 2 },
  'logistic regression of 60 rows of 900': {
    work: () =>
      logisticRegression(
        rowsOf(60, 900),
        rowsOf(60, 1).map(([value]) => (value as number) > 0),
        0.01,
      ),
    least: (60 * 61 * 900) / 2 + 60 ** 3 / 6,
  },
  'least squares of 300 rows of 50': {
    work: () =>
      weightedLeastSquares({ matrix: numbers(15_000), values: numbers(300), weights: numbers(300).map(Math.abs) }),
    least: (300 * 50 ** 2) / 2 + 50 ** 3 / 6,
  },
  'dependences of 400 scores on 16 cells': {
    work: () =>
      dependences(
        rowsOf(16, 400).map((row) => Int32Array.from(row, (value) => Number(value > 0))),
        numbers(400),
      ),
    least: (400 ** 2 * 16) / 4,
  },
  'a random rotation of 80 dimensions': { work: () => haarRotation(80, random(1)), least: 2 * 80 ** 3 },
  'the planes of a rotation of 80 dimensions': { work: () => rotationPlanes(rotation), least: 80 ** 3 },
  'a power of a rotation of 80 dimensions': {
    work: () => rotationPower(atOnce(rotationPlanes(rotation)), 0.5),
    least: 80 ** 3,
  },
  'eigenvectors of 80 dimensions': {
    work: () => symmetricEigen(Float64Array.from(Matrix.eye(80).add(1).to1DArray()), 80),
    least: 80 ** 3,
  },
  'a step of independent components': {
    work: () => icaStep(numbers(2000 * 10), Matrix.eye(10)),
    least: 2 * 2000 * 10 ** 2,
  },
  superpixels: { work: () => segmenting(image, { slic: 20 }), least: 10 * 64 ** 2 },
  'segments by their inner differences': { work: () => segmenting(image, { felzenszwalb: 100 }), least: 8 * 64 ** 2 },
  'segments by density': {
    work: () => segmenting(image, { quickshift: 10 }),
    // Each pixel with those up to 12 away, once and again, but for the border.
    least: 52 ** 2 * 25 ** 2,
  },
  'regions that grow by a disk of 5': { work: () => regionsOf(blocks, plane), least: 64 ** 2 * 81 },
  'regions in the order of what they add': {
    work: () =>
      rankRegions(Float32Array.from(numbers(64 ** 2)), atOnce(regionsOf(blocks, plane)), { ranking: 'full', least: 1 }),
    least: 64 ** 2,
  },
  'pixels from their neighbours': {
    work: () =>
      imputing(Float32Array.from(numbers(64 ** 2)), {
        plane: [64, 64],
        gone: numbers(64 ** 2, 2).map((value) => Number(value > 0)),
        noise: 0,
        stream: [0],
      }),
    least: 64 ** 2,
  },
  'a tree of 40 images': {
    work() {
      const shape = [40, 30];
      const responses = { shape, data: numbers(1200).map(Math.abs) };
      const outputs = numbers(40, 3).map((value) => 5 + value);
      return growing(
        growthOf(rationaleVectors({ responses, gradients: { shape, data: numbers(1200, 2) }, outputs }), {}),
      );
    },
    least: (40 * 39) / 2,
  },
};
