import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as tfl from '@tensorflow/tfjs-layers';
import { axisComparison, fitConceptClassifiers, outputComponents } from '../src/dissection/index.ts';
import { syntheticPatterns } from '../src/graph/index.ts';
import * as v from '../src/index.ts';
import { sizeOf } from '../src/numeric/ndarray.ts';
import { random } from '../src/numeric/random.ts';
import { concepts, labelledImage } from './dissected.ts';

/** A function whose mathematics takes long beside its passes, by name. */
export type LongCalls = Readonly<Record<string, () => Promise<unknown>>>;

/** Sets that TCAV compares, and the examples in each. */
const [SETS, EXAMPLES] = [4, 40];

/** A network of quick passes with 512 units on 28 × 28 positions and 1000 classes, and what takes long with it. */
export function longCalls(): { readonly calls: LongCalls; readonly pass: () => Promise<unknown>; dispose(): void } {
  const model = wide();
  const network = v.compile(model);
  const x = array([1, 224, 224, 3], 1);
  return {
    calls: { ...attributions(network, x), ...ofUnits(network, x), ...ofArrays() },
    pass: () => v.predict(network, x),
    dispose() {
      network.dispose();
      model.dispose();
    },
  };
}

function wide(): LayersModel {
  const seeded = (seed: number) => ({ kernelInitializer: tfl.initializers.heNormal({ seed }) });
  const relu = { activation: 'relu', padding: 'same' } as const;
  return tfl.sequential({
    layers: [
      tfl.layers.conv2d({ inputShape: [224, 224, 3], filters: 16, kernelSize: 8, strides: 8, ...relu, ...seeded(1) }),
      tfl.layers.conv2d({ name: 'units', filters: 512, kernelSize: 1, ...relu, ...seeded(2) }),
      tfl.layers.maxPooling2d({ name: 'pooled', poolSize: 4 }),
      tfl.layers.globalAveragePooling2d({}),
      tfl.layers.dense({ units: 1000, activation: 'softmax', ...seeded(3) }),
    ],
  });
}

function attributions(network: v.Network, x: v.NdArray): LongCalls {
  const base = v.gradientTimesInput;
  const background = array([20, 224, 224, 3], 2);
  return {
    'eigenCam, 784 × 512': () => v.eigenCam(network, x, { layer: 'units' }),
    'lime, quickshift': () => v.lime(network, x, { segments: { quickshift: 10 }, samples: 100 }),
    'kernelShap, 300 segments': () => v.kernelShap(network, x, { segments: { slic: 300 }, samples: 600 }),
    'hsicAttribution, 2000 masks': () => v.hsicAttribution(network, x, { samples: 2000 }),
    sobolAttribution: () => v.sobolAttribution(network, x, { samples: 8 }),
    'xrai, six scales': () => v.xrai(network, x, { base }),
    partitionShap: () => v.partitionShap(network, x, { evaluations: 100 }),
    predictionDifference: () =>
      v.predictionDifference(network, x, {
        background,
        stride: 10,
        samples: 1,
        patchSamples: 2000,
      }),
    meaningfulPerturbation: () => v.meaningfulPerturbation(network, x, { steps: 10 }),
    extremalPerturbation: () => v.extremalPerturbation(network, x, { steps: 10 }),
    'rise, 100 masks': () => v.rise(network, x, { samples: 100 }),
    irof: async () => v.irof(network, x, { attribution: await base(network, x) }),
    road: async () => v.road(network, x, { attribution: await base(network, x) }),
    deletion: async () => v.deletion(network, x, { attribution: await base(network, x) }),
    sensitivityN: async () => v.sensitivityN(network, x, { attribution: await base(network, x), samples: 10 }),
  };
}

function ofUnits(network: v.Network, x: v.NdArray): LongCalls {
  const sets = Array.from({ length: SETS }, (_, i) => array([EXAMPLES, 224, 224, 3], 10 + i));
  const [first, ...negatives] = sets as [v.NdArray, ...v.NdArray[]];
  const labelled = Array.from({ length: 48 }, (_, i) => labelledImage(i));
  const images = labelled.slice(0, 4);
  const plan = { concepts, quantile: 0.05 };
  return {
    [`conceptActivationVectors, ${SETS} sets of ${EXAMPLES}`]: () =>
      v.conceptActivationVectors(network, x, { layer: 'pooled', concepts: { first }, negatives, target: 1 }),
    'dissect, 512 units': () => v.dissect(network, images, { layers: ['units'], ...plan }),
    'rotatedDissection, 512 units': () =>
      v.rotatedDissection(network, images, { layers: ['pooled'], ...plan, alphas: [0, 0.5, 1] }),
    'axisComparison, 512 units': () => axisComparison(network, images, { layer: 'pooled', ...plan }),
    'net2vec, 512 units': () =>
      v.net2vec(network, labelled, { layer: 'pooled', ...plan, chosen: [1, 2], steps: 5, validation: 0.3 }),
    'fitConceptClassifiers, 512 units': () =>
      fitConceptClassifiers(network, labelled, { layer: 'units', concepts, chosen: [1, 2, 3], validation: 0.3 }),
    'outputComponents, 1000 classes': () => outputComponents(network, [first], { steps: 50 }),
    topImages: () => v.topImages(network, [first], { layer: 'units', count: 5 }),
    'unitAblation, 512 units': () =>
      v.unitAblation(network, [first], { layer: 'units', classes: Array.from({ length: EXAMPLES }, (_, i) => i) }),
    distillDecisionTree: () =>
      v.distillDecisionTree(network, first, { layer: 'units', target: { class: 3, minus: 4 }, positives: 'all' }),
  };
}

function ofArrays(): LongCalls {
  const { maps } = syntheticPatterns({ seed: 3, imageCount: 100 });
  const [weights, inputs, pictures] = [array([1000, 256], 2), array([1000, 784], 1), array([20, 224, 224, 3], 2)];
  return {
    'neuralBackedTree, 1000 classes of 256': () => v.neuralBackedTree(weights),
    'fitExplanatoryGraph, 100 images': () =>
      v.fitExplanatoryGraph(maps, { layers: ['lower', 'upper'], patternsPerFilter: 20 }),
    'fitSoftTree, 1000 × 784': () => v.fitSoftTree({ inputs, targets: indicators(1000, 10) }, { depth: 6, epochs: 1 }),
    fitPatchGaussians: () => v.fitPatchGaussians(pictures, { samples: 10_000 }),
  };
}

function indicators(count: number, classes: number): v.NdArray {
  const data = new Float32Array(count * classes);
  for (let i = 0; i < count; i++) data[i * classes + (i % classes)] = 1;
  return { shape: [count, classes], data };
}

function array(shape: readonly number[], seed: number): v.NdArray {
  const { uniform } = random(seed);
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, uniform) };
}
