import type { Model } from '../../../src/network/types.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import type { ImageSource } from '../../../src/readings/imageSource.ts';
import type {
  DenoiserOptions,
  LayerSparseCodesOptions,
  SparseCodesOptions,
  TrainDecoderOptions,
} from '../../../src/visualization/index.ts';
import {
  accentuate,
  activationAtlas,
  activationGrid,
  applySparseCodes,
  caricature,
  channelAttribution,
  craft,
  decode,
  deconvPatches,
  fitDenoiser,
  fitSparseCodes,
  invert,
  naturalExamples,
  neuronGroups,
  nonNegativeFactors,
  pathCheck,
  positionAttribution,
  regularizedInversion,
  sampleCodes,
  sampleDistances,
  samplers,
  semanticDictionary,
  spatialAttribution,
  trainDecoder,
  visualize,
  whitening,
} from '../../../src/visualization/index.ts';
import type { Given } from './given.ts';
import { type PublicCalls, sent } from './sent.ts';

const pictures = (given: Given) => given.input([2, 12, 12, 3], 5);
// Made anew for each call that spreads it: callers may write into what they gave.
const scale = {
  get range() {
    return [-2, 2] as const;
  },
};

/** Pictures of what networks see, and layers in words and sums. */
export const visualizationCalls: PublicCalls = {
  visualize: (given) => {
    const { batchSize: _, ...run } = given.run;
    const made = { steps: 2, learningRate: 0.1, views: 2, count: 2, seed: 1, redirected: 1, snapshots: [0, 2] };
    const sizes = { size: 14, inputSize: 12, transforms: [] };
    const objective = [1, { layer: 'top', vector: given.array([5], 3).data }];
    return sent(visualize, given.pictures, objective, { ...run, ...scale, ...made, ...sizes });
  },
  'visualize from pictures': (given) => {
    const { batchSize: _, ...run } = given.run;
    const start = given.array([12, 12, 3], 3);
    const inside = { shape: start.shape, data: start.data.map((value) => 0.5 + 0.1 * Math.tanh(value)) };
    return sent(visualize, given.pictures, 1, { ...run, ...scale, start: inside, steps: 1 });
  },
  accentuate: (given) => {
    const { batchSize: _, ...run } = given.run;
    const made = { steps: 2, learningRate: 0.1, views: 2, seed: 1, transforms: [], weight: 2 };
    return sent(accentuate, given.pictures, pictures(given), 1, { ...run, ...scale, ...made, layer: 'conv' });
  },
  caricature: (given) => {
    const { batchSize: _, ...run } = given.run;
    const made = { steps: 2, learningRate: 0.1, views: 2, seed: 1, transforms: [], power: 1 };
    return sent(caricature, given.pictures, pictures(given), { ...run, ...scale, ...made, layer: 'conv' });
  },
  invert: (given) => {
    const { batchSize: _, ...run } = given.run;
    const made = { steps: 2, learningRate: 0.1, views: 2, seed: 1, smoothness: 1, beta: 1.5 };
    const mask = { neighborhood: 8, half: 'first' } as const;
    return sent(invert, given.pictures, pictures(given), { ...run, ...scale, ...made, layer: 'conv', mask });
  },
  regularizedInversion: (given) => {
    const schedule = [
      { steps: 2, learningRate: 0.001 },
      { steps: 1, learningRate: 0.0001 },
    ];
    const prior = { smoothness: 1, beta: 1.5, normWeight: 1e-9, normExponent: 5 };
    const mask = { neighborhood: [8, 6], half: 'second' } as const;
    const made = { ...scale, ...prior, layer: 'conv', schedule, mask, seed: 1 };
    return sent(regularizedInversion, given.pictures, pictures(given), { ...given.run, ...made });
  },
  activationAtlas: (given) => {
    const images = given.dataset([given.array([4, 12, 12, 3], 5), given.array([2, 12, 12, 3], 6)]);
    const made = { steps: 2, learningRate: 0.1, size: 12, transforms: [], together: 2, power: 1, seed: 1 };
    const map = { perplexity: 2, grid: 2, threshold: 1, ridge: 0.1, labels: ['a', 'b', 'c'] };
    return sent(activationAtlas, given.pictures, images, { ...given.run, ...scale, ...made, ...map, layer: 'top' });
  },
  whitening: (given) => {
    const { batchSize: _, onProgress: __, ...run } = given.run;
    return sent(whitening, given.array([9, 4], 3), { ...run, ridge: 0.1 });
  },
  activationGrid: (given) => {
    const { batchSize: _, ...run } = given.run;
    const made = { groups: 2, cellSize: 12, perStep: 20, power: 1, steps: 1, seed: 1, learningRate: 0.1 };
    return sent(activationGrid, given.pictures, given.input([1, 12, 12, 3], 5), {
      ...run,
      ...scale,
      ...made,
      layer: 'top',
      transforms: [],
    });
  },
  channelAttribution: (given) =>
    sent(channelAttribution, given.pictures, pictures(given), {
      ...given.run,
      layer: 'top',
      steps: 3,
      rule: 'middle',
      target: 1,
    }),
  deconvPatches: (given) =>
    sent(deconvPatches, given.pictures, given.dataset([given.array([3, 12, 12, 3], 5)]), {
      ...given.run,
      ...scale,
      layer: 'top',
      unit: [0, 2],
      count: 2,
      kind: 'guided',
    }),
  naturalExamples: (given) =>
    sent(naturalExamples, given.pictures, given.dataset([given.array([3, 12, 12, 3], 5)]), {
      ...given.run,
      objectives: [1, { layer: 'top', unit: 2 }, { layer: 'top', vector: [1, 0, -1, 0, 0] }],
      scale: { range: [-2, 2] },
      count: 2,
    }),
  pathCheck: (given) =>
    sent(pathCheck, given.pictures, pictures(given), {
      ...given.run,
      objective: { layer: 'top', unit: 1 },
      images: given.dataset([given.array([3, 12, 12, 3], 6), given.array([3, 12, 12, 3], 7)]),
      layers: ['conv', 'top'],
      count: 2,
      samples: 3,
    }),
  neuronGroups: (given) =>
    sent(neuronGroups, given.pictures, pictures(given), {
      ...given.run,
      layer: 'top',
      count: 2,
      steps: 3,
      rectify: true,
      kind: 'activations',
      target: 1,
    }),
  positionAttribution: (given) => {
    const { batchSize: _, ...run } = given.run;
    const x = given.input([1, 12, 12, 3], 5);
    return sent(positionAttribution, given.pictures, x, { ...run, layer: 'conv', from: 'top' });
  },
  semanticDictionary: (given) =>
    sent(semanticDictionary, given.pictures, pictures(given), { ...given.run, layer: 'top', count: 2 }),
  spatialAttribution: (given) =>
    sent(spatialAttribution, given.pictures, pictures(given), { ...given.run, layer: 'top', target: 1 }),
  applySparseCodes: (given) => {
    const { batchSize: _, onProgress: __, ...run } = given.run;
    const codes = {
      active: 2,
      encoder: given.array([3, 5], 1),
      encoderBias: given.array([3], 2).data,
      decoder: given.array([3, 5], 3),
      bias: given.array([5], 4).data,
    };
    return sent(applySparseCodes, codes, given.array([2, 2, 2, 5], 5), run);
  },
  decode: (given) =>
    sent(decode, given.generator, given.pictures, pictures(given), { ...given.run, range: [-6, 6], layer: 'head' }),
  fitDenoiser: (given) =>
    sent(
      async (codes: NdArray, options: DenoiserOptions = {}) => {
        const { denoiser, losses } = await fitDenoiser(codes, options);
        denoiser.dispose();
        return losses;
      },
      given.array([8, 3], 1),
      { ...given.run, hidden: [4], epochs: 2, noise: 0.5, learningRate: 0.01, seed: 1 },
    ),
  sampleCodes: (given) => {
    const { batchSize: _, ...run } = given.run;
    return sent(sampleCodes, given.generator, given.pictures, [0, 2], {
      ...run,
      ...samplers.dgnAm,
      range: [-6, 6],
      codes: given.array([8, 3], 1),
      codeRange: [-9, 9],
      count: 2,
      steps: 3,
      stepSize: [0.1, 0],
      seed: 1,
    });
  },
  sampleDistances: (given) => {
    const { batchSize: _, onProgress: __, ...run } = given.run;
    return sent(sampleDistances, given.array([3, 4], 1), { ...run, images: given.array([2, 4], 2) });
  },
  trainDecoder: (given) =>
    sent(
      async (model: Model, images: ImageSource, options: TrainDecoderOptions) => {
        const { decoder, losses } = await trainDecoder(model, images, options);
        decoder.dispose();
        return losses;
      },
      given.pictures,
      given.dataset([given.array([3, 12, 12, 3], 5), given.array([1, 12, 12, 3], 6)]),
      {
        ...given.run,
        range: [-6, 6],
        layer: 'head',
        epochs: 2,
        learningRate: 0.01,
        halvings: 1,
        featureWeight: 0.1,
        validation: 0.3,
        base: 2,
        seed: 1,
      },
    ),
  craft: (given) => {
    const images = given.dataset([given.array([2, 12, 12, 3], 5), given.array([1, 12, 12, 3], 6)]);
    const cut = { patch: 6, stride: 3, examples: 2 };
    return sent(craft, given.pictures, images, {
      ...given.run,
      ...cut,
      layer: 'top',
      target: 1,
      count: 2,
      steps: 3,
      samples: 2,
      seed: 1,
    });
  },
  fitSparseCodes: (given) => {
    const { batchSize: _, ...run } = given.run;
    const images = given.dataset([given.array([2, 12, 12, 3], 5), given.array([1, 12, 12, 3], 6)]);
    const call = fitSparseCodes as (
      model: Model,
      images: ImageSource,
      options: LayerSparseCodesOptions,
    ) => Promise<unknown>;
    return sent(call, given.pictures, images, {
      ...run,
      layer: 'top',
      size: 7,
      active: 2,
      steps: 3,
      samples: 9,
    });
  },
  'fitSparseCodes of activations': (given) => {
    const run = given.run;
    const call = fitSparseCodes as (activations: NdArray, options: SparseCodesOptions) => Promise<unknown>;
    return sent(call, given.array([20, 5], 7), { ...run, size: 7, active: 2, steps: 3 });
  },
  nonNegativeFactors: (given) => {
    const { batchSize: _, ...run } = given.run;
    const { shape, data } = given.array([8, 5], 3);
    return sent(nonNegativeFactors, { shape, data: data.map(Math.abs) }, { ...run, count: 2, steps: 3 });
  },
};
