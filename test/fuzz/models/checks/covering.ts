import { gradCam } from '../../../../src/attribution/cam/gradCam.ts';
import { occlusion } from '../../../../src/attribution/perturbation/hiding/occlusion.ts';
import type { NdArray } from '../../../../src/numeric/ndarray.ts';
import { weightedOutputs, weightedSums } from '../../../support/weightedOutputs.ts';
import { stockOutputs } from '../stockValues.ts';
import type { Check } from './check.ts';
import { gap } from './gap.ts';

/** Occlusion of one place is the score less that of tfjs with the place at zero. */
export const occlusions: Check = async ({ model, inputs, tokens }) => {
  const [first, ...others] = inputs as [NdArray, ...NdArray[]];
  if (tokens[0]) return undefined;
  const { values, score } = await occlusion(model, inputs, { window: 1, input: 0, target: weightedOutputs });
  const size = first.data.length / 2;
  const channels = first.shape.length === 2 ? 1 : (first.shape.at(-1) as number);
  const expected = new Float32Array(first.data.length);
  for (let start = 0; start < size; start += channels) {
    const data = first.data.map((value, i) => (i % size >= start && i % size < start + channels ? 0 : value));
    const left = weightedSums(await stockOutputs(model, [{ shape: first.shape, data }, ...others]));
    left.forEach((rest, i) => {
      const from = i * size + start;
      expected.fill((score[i] as number) - rest, from, from + channels);
    });
  }
  return gap(values, { shape: first.shape, data: expected }, 1e-3);
};

/** Grad-CAM gives a map of finite numbers. */
export const cams: Check = async ({ model, inputs }) => {
  const { values } = await gradCam(model, inputs, { target: weightedOutputs });
  return values.data.every(Number.isFinite) ? undefined : 'numbers that are not finite';
};
