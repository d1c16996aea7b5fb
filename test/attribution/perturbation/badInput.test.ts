import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as v from '../../../src/attribution/index.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { classifier, inputsOf } from '../../oracle/building.ts';

let model: LayersModel;
let x: NdArray;
beforeAll(() => {
  model = classifier();
  x = inputsOf(model)[0] as NdArray;
});
afterAll(() => model.dispose());

const filled = (shape: number[], value = 0): NdArray => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value),
});
const labels = (shape: number[], value: number): NdArray<Int32Array> => ({
  shape,
  data: new Int32Array(shape.reduce((a, b) => a * b, 1)).fill(value),
});
/** What the types would not let through. */
const any = <T>(value: unknown): T => value as T;

type Refusals = readonly (readonly [string, () => Promise<unknown>, string])[];

describe('occlusion refuses', () => {
  const occlude = (options: object) => () => v.occlusion(model, x, any(options));
  test.each<Refusals[number]>([
    [
      'no window',
      occlude({}),
      '"window" expected one number or one for each axis, such as [rows, columns], got undefined',
    ],
    [
      'a window of one side',
      occlude({ window: [3] }),
      '"window" expected [rows, columns] or one number for both, got [3]',
    ],
    [
      'a window of three',
      occlude({ window: [3, 3, 2] }),
      '"window" expected [rows, columns] or one number for both, got [3, 3, 2]',
    ],
    [
      'a window in words',
      occlude({ window: '3' }),
      '"window" expected one number or one for each axis, such as [rows, columns], got "3"',
    ],
    ['an empty window', occlude({ window: [2, 0] }), '"window" expected an integer of at least 1, got 0'],
    ['half a pixel', occlude({ window: 2.5 }), '"window" expected an integer of at least 1, got 2.5'],
    ['a window larger than the image', occlude({ window: 7 }), '"window" expected at most the 6 × 7 of input "'],
    ['a stride of 0', occlude({ window: 3, stride: 0 }), '"stride" expected an integer of at least 1, got 0'],
    [
      'a stride that leaves gaps',
      occlude({ window: 3, stride: [3, 4] }),
      '"stride" expected at most the window\'s 3 × 3, got 3 × 4',
    ],
    [
      'a baseline of another shape',
      occlude({ window: 3, baseline: filled([6, 7]) }),
      '"baseline" expected shape [2, 6, 7, 2] or [6, 7, 2], got [6, 7]',
    ],
    ['an unknown baseline', occlude({ window: 3, baseline: 'black' }), `"baseline" expected 'zero'`],
    ['an input that is not there', occlude({ window: 3, input: 1 }), '"input" expected an integer in 0..0, got 1'],
    ['an unknown class', occlude({ window: 3, target: 4 }), '"target" expected an integer in 0..3, got 4'],
  ])('%s', async (_what, run, message) => {
    await expect(run()).rejects.toThrow(message);
  });
});

describe('featureAblation refuses', () => {
  const ablate = (options: object) => () => v.featureAblation(model, x, any(options));
  test.each<Refusals[number]>([
    ['no segments', ablate({}), '"segments" expected a division of the image, such as {grid: 8} or {slic: 50}'],
    [
      'segments of another size',
      ablate({ segments: labels([6, 6], 0) }),
      '"segments" expected labels of shape [6, 7] or [2, 6, 7], got [6, 6]',
    ],
    [
      'segments for another number of examples',
      ablate({ segments: labels([3, 6, 7], 0) }),
      '"segments" expected labels of shape [6, 7] or [2, 6, 7], got [3, 6, 7]',
    ],
    [
      'segments with a gap',
      ablate({ segments: labels([6, 7], 2) }),
      '"segments" expected every label from 0 to 2, none is 0',
    ],
    ['a label below 0', ablate({ segments: labels([6, 7], -1) }), '"segments" expected labels 0, 1, 2, …, got -1'],
    [
      'a baseline of another shape',
      ablate({ segments: { grid: 2 }, baseline: filled([3]) }),
      '"baseline" expected shape [2, 6, 7, 2] or [6, 7, 2], got [3]',
    ],
  ])('%s', async (_what, run, message) => {
    await expect(run()).rejects.toThrow(message);
  });
});

describe('predictionDifference refuses', () => {
  const small = { window: 2, padding: 1 };
  const differ = (options: object) => () =>
    v.predictionDifference(model, x, any({ background: x, ...small, ...options }));
  const fitted = async (options: object, more = {}) => {
    const background = await v.fitPatchGaussians(x, options);
    return v.predictionDifference(model, x, { background, ...small, ...more });
  };
  test.each<Refusals[number]>([
    [
      'no background',
      differ({ background: undefined }),
      '"background" expected a tensor or {shape, data}, or a list with one for each input, got undefined',
    ],
    [
      'an empty background',
      differ({ background: filled([0, 6, 7, 2]) }),
      '"background" expected at least one example, got shape [0, 6, 7, 2]',
    ],
    [
      'a background of another size',
      differ({ background: filled([1, 6, 6, 2]) }),
      '"background" expected shape [n, 6, 7, 2] or [6, 7, 2]',
    ],
    [
      'NaN in the background',
      differ({ background: filled([1, 6, 7, 2], Number.NaN) }),
      '"background" expected finite numbers, got NaN at [0, 0, 0, 0]',
    ],
    ['a window larger than the image', differ({ window: 7 }), '"window" expected at most 6 × 7, got 7 × 7'],
    [
      'a window that leaves no room around it',
      differ({ window: 4, padding: 2 }),
      '"window" expected to fit with its "padding" into 6 × 7, got 8 × 8 with a padding of 2',
    ],
    [
      'a window of one side',
      differ({ window: [2] }),
      '"window" expected [rows, columns] or one number for both, got [2]',
    ],
    ['an empty window', differ({ window: 0 }), '"window" expected an integer of at least 1, got 0'],
    ['negative padding', differ({ padding: -1 }), '"padding" expected an integer of at least 0, got -1'],
    ['a stride of 0', differ({ stride: 0 }), '"stride" expected an integer of at least 1, got 0'],
    ['a stride that leaves gaps', differ({ stride: [1, 3] }), '"stride" expected an integer in 1..2, got 3'],
    ['no samples', differ({ samples: 0 }), '"samples" expected an integer of at least 1, got 0'],
    ['an unknown sampler', differ({ sampler: 'uniform' }), '"sampler" expected one of'],
    ['one patch', differ({ patchSamples: 1 }), '"patchSamples" expected an integer of at least 2, got 1'],
    ['a channel that is not there', differ({ unit: 2 }), '"unit" expected an integer in 0..1, got 2'],
    ['no training', differ({ trainingSize: 0 }), '"trainingSize" expected a finite number of at least 1, got 0'],
    [
      'an unknown layer',
      differ({ layer: 'conv9' }),
      '"layer" expected the address of a layer, got "conv9"; near: conv1',
    ],
    [
      'patches of another size',
      () => fitted({ window: 2, padding: 2 }),
      '"background" expected patches of 4 × 4 fitted to [m, 6, 7, 2], got 6 × 6 fitted to [m, 6, 7, 2]',
    ],
    [
      'patches of another layer',
      () => fitted(small, { layer: 'conv1' }),
      '"background" expected patches of 4 × 4 fitted to [m, 6, 7, 4], got 4 × 4 fitted to [m, 6, 7, 2]',
    ],
    [
      'fitted patches for the marginal sampler',
      () => fitted(small, { sampler: 'marginal' }),
      `"background" expected examples for the 'marginal' sampler, got fitted patches`,
    ],
    [
      'patches of what is no picture',
      () => v.fitPatchGaussians(filled([3, 4])),
      '"background" expected rank 4, got shape [3, 4]',
    ],
  ])('%s', async (_what, run, message) => {
    await expect(run()).rejects.toThrow(message);
  });
});

describe('learnt masks refuse', () => {
  const hide = (options: object) => () => v.meaningfulPerturbation(model, x, any({ steps: 1, ...options }));
  const keep = (options: object) => () => v.extremalPerturbation(model, x, any({ steps: 1, ...options }));
  test.each<Refusals[number]>([
    ['no steps to hide', hide({ steps: 0 }), '"steps" expected an integer of at least 1, got 0'],
    ['a negative rate', hide({ learningRate: -1 }), '"learningRate" expected a finite number of at least 0, got -1'],
    ['cells larger than the image', hide({ cellSize: 7 }), '"cellSize" expected an integer in 1..6, got 7'],
    ['a move out of the image', hide({ jitter: 7 }), '"jitter" expected an integer in 0..6, got 7'],
    ['a negative price', hide({ sparsity: -1 }), '"sparsity" expected a finite number of at least 0, got -1'],
    ['an exponent below 1', hide({ beta: 0 }), '"beta" expected a finite number of at least 1, got 0'],
    ['an unknown start', hide({ start: 'square' }), '"start" expected one of'],
    [
      'a baseline of another shape',
      hide({ baseline: filled([2]) }),
      '"baseline" expected shape [2, 6, 7, 2] or [6, 7, 2], got [2]',
    ],
    ['no steps to keep', keep({ steps: 0 }), '"steps" expected an integer of at least 1, got 0'],
    ['no area', keep({ area: 0 }), '"area" expected a share above 0 and at most 1, got 0'],
    ['more than the whole area', keep({ area: 1.5 }), '"area" expected a share above 0 and at most 1, got 1.5'],
    ['an unknown kind', keep({ kind: 'hide' }), '"kind" expected one of'],
    ['an unknown reward', keep({ reward: 'double' }), '"reward" expected one of'],
    [
      'a kernel that leaves gaps',
      keep({ cellSize: 3, sigma: 1 }),
      '"sigma" expected a finite number of at least 1.5, got 1',
    ],
    [
      'a contrast with no other class',
      keep({ reward: 'contrastive', target: { layer: 'conv1', unit: 0 } }),
      `"target" expected one of several classes for the 'contrastive' reward`,
    ],
  ])('%s', async (_what, run, message) => {
    await expect(run()).rejects.toThrow(message);
  });
});
