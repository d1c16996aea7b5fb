import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { featureAblation } from '../../../src/attribution/index.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { inputsOf } from '../../oracle/building.ts';
import { coveredDrops } from '../../oracle/occlusion.ts';
import { blockNetworks, randomNetwork } from '../../oracle/pictureNetworks.ts';
import { thorough } from '../../support/backend.ts';
import { expectNear } from '../../support/near.ts';
import { coverable, precisionOf, predictedScores, withBuilt } from '../../support/recomputation.ts';
import { weightedOutputs as target } from '../../support/weightedOutputs.ts';

const picture = [15, 13, 2];
const some = <T>(cases: readonly T[], few: number): readonly T[] => (thorough ? cases : cases.slice(0, few));

describe('featureAblation computes again what a segment can have changed, and gives what whole passes give', () => {
  const { integer } = random(5);
  const pixels = (picture[0] as number) * (picture[1] as number);
  const scattered = Int32Array.from({ length: 2 * pixels }, (_, i) => {
    const [example, pixel] = [Math.floor(i / pixels), i % pixels];
    // Every label occurs; the second example has one segment fewer.
    return pixel < 5 - example ? pixel : integer(5 - example);
  });
  const blocksOf = Int32Array.from({ length: 2 * pixels }, (_, i) => {
    const [row, column] = [Math.floor((i % pixels) / 13), i % 13];
    return row < 6 ? Number(column > 4) : 2;
  });

  const expectExactAblation = async (model: LayersModel, labels: Int32Array, baseline: number): Promise<void> => {
    const [x] = inputsOf(model) as [NdArray];
    const segments = { shape: [2, 15, 13], data: labels };
    const { segmentValues, values, score } = await featureAblation(model, x, { segments, baseline, target });
    const [, count] = segmentValues.shape as [number, number];
    const parts = Array.from(
      { length: count },
      (_, label) => (example: number, row: number, column: number) =>
        labels[example * pixels + row * 13 + column] === label,
    );
    const drops = await coveredDrops(
      coverable(x, () => baseline),
      parts,
      predictedScores(model, x),
    );
    expectNear(segmentValues.data, drops.flat(), precisionOf(score, drops.flat()));
    expect([...values.data]).toEqual(
      Array.from(labels, (label, i) => segmentValues.data[Math.floor(i / pixels) * count + label]),
    );
  };

  test.each(some(blockNetworks(picture, 5), 2))('three rectangles, a network with %s', async (_name, build) => {
    await withBuilt(build, (model) => expectExactAblation(model, blocksOf, 0));
  });

  test.each(some([...new Array(8).keys()], 1))('scattered pixels, random network %i', async (seed) => {
    await withBuilt(
      () => randomNetwork(picture, 100 + seed),
      (model) => expectExactAblation(model, scattered, 0.5),
    );
  });
});
