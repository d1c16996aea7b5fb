import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { input, layers as l, model as modelOf } from '@tensorflow/tfjs-layers';
import { describe, test } from 'vitest';
import * as attribution from '../../src/attribution/index.ts';
import type { Input, Model } from '../../src/network/types.ts';
import { type NdArray, sizeOf } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import type { Attribution, ExplainOptions } from '../../src/scoring/types.ts';
import { apply, free, type Layer, norm, randomized } from '../oracle/building.ts';
import { perFrame } from '../oracle/frameNetworks.ts';
import { expectClose } from '../support/close.ts';

const { composites, rules } = attribution;

type Method = (model: Model, x: Input, options: ExplainOptions) => Promise<Attribution>;

const lrpBy =
  (composite: ReturnType<typeof composites.uniform>): Method =>
  (model, x, options) =>
    attribution.lrp(model, x, { ...options, composite });

const deepLiftBy =
  (rule: 'rescale' | 'revealCancel' | 'mixed'): Method =>
  (model, x, options) =>
    attribution.deepLift(model, x, { ...options, rule, baseline: 0.25 });

/** Every rule, by a method that uses it. */
const methods: Readonly<Record<string, Method>> = {
  gradient: attribution.gradient,
  deconvnet: attribution.deconvnet,
  guidedBackprop: attribution.guidedBackprop,
  'lrp, epsilon': lrpBy(composites.uniform(rules.epsilon())),
  'lrp, gamma': lrpBy(composites.uniform(rules.gamma())),
  'lrp, w²': lrpBy(composites.uniform(rules.wSquare())),
  'lrp, epsilonPlusFlat': lrpBy(composites.epsilonPlusFlat()),
  'lrp, epsilonAlpha2Beta1': lrpBy(composites.epsilonAlpha2Beta1()),
  'lrp, epsilonGammaBox': lrpBy(composites.epsilonGammaBox(-1, [1, 2])),
  'lrp, without biases': (model, x, options) => attribution.lrp(model, x, { ...options, bias: false }),
  excitationBackprop: attribution.excitationBackprop,
  'excitationBackprop, contrastive': (model, x, options) =>
    attribution.excitationBackprop(model, x, { ...options, contrastive: true }),
  'deepLift, rescale': deepLiftBy('rescale'),
  'deepLift, revealCancel': deepLiftBy('revealCancel'),
  'deepLift, mixed': deepLiftBy('mixed'),
};

const plane = [6, 5, 2];

/** Convolutions with normalisation, pooling, a residual and perhaps a transposed convolution, of planes or of volumes. */
function classifier(volumes: boolean, hasTransposed = true): LayersModel {
  const ones = volumes ? [1] : [];
  const conv = (filters: number, size: number[], options: object = {}): Layer =>
    (volumes ? l.conv3d : l.conv2d)({ filters, kernelSize: [...ones, ...size], padding: 'same', ...options } as never);
  const x = input({ shape: [...ones, ...plane] });
  const first = apply(
    l.activation({ activation: 'relu' }),
    apply(norm(), apply(conv(3, [3, 3], { useBias: false }), x)),
  );
  const pool = { poolSize: [...ones, 2, 2], strides: [...ones, 2, 1], padding: 'same' } as never;
  const pooled = apply((volumes ? l.maxPooling3d(pool) : l.maxPooling2d(pool)) as Layer, first);
  const mean = apply((volumes ? l.averagePooling3d(pool) : l.averagePooling2d(pool)) as Layer, first);
  const sum = l.add().apply([pooled, apply(conv(3, [1, 1], { activation: 'relu' }), mean)]) as SymbolicTensor;
  const up = { filters: 2, kernelSize: [...ones, 2, 2], strides: [...ones, 2, 2] } as never;
  const larger = hasTransposed
    ? apply((volumes ? l.conv3dTranspose(up) : l.conv2dTranspose(up)) as Layer, sum)
    : apply(conv(2, [2, 2]), sum);
  const gate = apply(l.activation({ activation: 'sigmoid' }), apply(conv(2, [1, 1]), larger));
  const deep = apply(l.leakyReLU({ alpha: 0.2 }), l.add().apply([larger, gate]) as SymbolicTensor);
  return modelOf({ inputs: x, outputs: apply(l.dense({ units: 3 }), apply(l.flatten(), deep)) });
}

function noise(shape: readonly number[], seed: number): NdArray {
  const draw = random(seed);
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => 2 * draw.uniform() - 1) };
}

/** Results besides `values`, by name. */
const others: Readonly<Record<string, (model: Model, x: Input) => Promise<Readonly<Record<string, NdArray>>>>> = {
  fullGrad: async (model, x) => {
    const { values, totals } = await attribution.fullGrad(model, x, { target: [1, 2] });
    return { values, totals };
  },
  clearMap: async (model, x) => {
    const { responses, response } = await attribution.clearMap(model, x, { classes: 'all' });
    return { responses, response };
  },
  'clearMap of calls': async (model, x) => {
    const { responses, response } = await attribution.clearMap(model, x, { base: attribution.lrp, classes: 2 });
    return { responses, response };
  },
  patternNet: async (model, x) => {
    const patterns = await attribution.fitPatterns(model, [x]);
    return { values: (await attribution.patternNet(model, x, { patterns, target: [1, 2] })).values };
  },
};

describe('volumes of one plane: as planes', () => {
  test.each(Object.entries(others))('%s', async (_name, results) => {
    const [planes, volumes] = [classifier(false, false), classifier(true, false)].map((model) => randomized(model, 3));
    const x = noise([2, ...plane], 1);
    const expected = await results(planes as LayersModel, x);
    const found = await results(volumes as LayersModel, { ...x, shape: [2, 1, ...plane] });
    for (const [name, { shape, data }] of Object.entries(expected)) {
      const made = found[name] as NdArray;
      await expectClose(
        { ...made, shape: made.shape.filter((length) => length > 1) },
        { shape, data },
        { name, tolerance: 5e-4 },
      );
    }
    [planes, volumes].forEach((model) => free(model as LayersModel));
  });

  test.each(Object.entries(methods))('%s', async (_name, method) => {
    const [planes, volumes] = [randomized(classifier(false), 3), randomized(classifier(true), 3)];
    const x = noise([2, ...plane], 1);
    const expected = await method(planes, x, { target: [1, 2] });
    const found = await method(volumes, { ...x, shape: [2, 1, ...plane] }, { target: [1, 2] });
    // A mean of a plane is taken in two steps in a volume, and quotients enlarge the last digit.
    await expectClose({ ...found.values, shape: expected.values.shape }, expected.values, { tolerance: 5e-4 });
    free(planes);
    free(volumes);
  });
});

/** A network with everything that has a rule of its own inside: a gate that is spread over the plane and moments. */
function frameNetwork(): LayersModel {
  const x = input({ shape: plane });
  const first = apply(l.reLU({}), apply(norm(), apply(l.conv2d({ filters: 3, kernelSize: 3, padding: 'same' }), x)));
  const depthwise = apply(l.depthwiseConv2d({ kernelSize: 2, activation: 'relu' }), apply(norm(), first));
  const pooled = apply(l.maxPooling2d({ poolSize: 2, strides: 1 }), depthwise);
  const squeezed = apply(l.dense({ units: 3, activation: 'sigmoid' }), apply(l.globalAveragePooling2d({}), pooled));
  const gated = l.multiply().apply([pooled, squeezed]) as SymbolicTensor;
  const even = apply(l.layerNormalization({ axis: [3] }), gated);
  return modelOf({ inputs: x, outputs: apply(l.dense({ units: 3 }), apply(l.flatten(), even)) });
}

describe('one frame of a sequence: as the network alone', () => {
  const [count, steps, at] = [2, 3, 2];
  test.each(Object.entries(methods))('%s', async (_name, method) => {
    const alone = randomized(frameNetwork(), 4);
    const x = noise([count, steps, ...plane], 2);
    const sequence = input({ shape: [steps, ...plane] });
    const frames = modelOf({ inputs: sequence, outputs: apply(perFrame(alone, { name: 'td' }), sequence) });
    const size = sizeOf(plane);
    const frame = (example: number, step: number): Float32Array =>
      x.data.slice((example * steps + step) * size, (example * steps + step + 1) * size);
    const picture = { shape: [count, ...plane], data: Float32Array.from([...frame(0, at), ...frame(1, at)]) };
    const expected = await method(alone, picture, { target: 1 });
    const found = await method(frames, x, { target: { layer: 'td', unit: 1, position: [at] } });
    const whole = new Float32Array(x.data.length);
    for (let example = 0; example < count; example++) {
      whole.set(expected.values.data.subarray(example * size, (example + 1) * size), (example * steps + at) * size);
    }
    await expectClose(found.values, { shape: x.shape, data: whole });
    free(alone);
  });
});
