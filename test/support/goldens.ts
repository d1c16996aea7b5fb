import { expect } from 'vitest';
import * as vitrine from '../../src/attribution/index.ts';
import type { LayerPathOptions } from '../../src/attribution/path/internalInfluence.ts';
import { activations } from '../../src/network/activations.ts';
import { predict } from '../../src/network/predict.ts';
import type { Model } from '../../src/network/types.ts';
import type { Composite, Rule } from '../../src/network/walk/composite.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { Attribution, ExplainOptions, Target } from '../../src/scoring/types.ts';
import { readNpy } from './fixtures.ts';

/** A reference case, as `index.json` of its model describes it. */
export interface GoldenCase {
  readonly id: string;
  readonly method: string;
  readonly params: Readonly<Record<string, never>> & {
    readonly output?: 'logit' | 'probability';
    readonly layer?: string;
    readonly baseline?: string;
    readonly background?: string;
    readonly quadrature?: string;
    readonly steps?: number;
    readonly relu?: boolean;
    readonly resize?: string;
    readonly centered?: boolean;
    readonly normalizeAlpha?: boolean;
    readonly bias?: boolean;
    readonly rule?: string;
    readonly composite?: string;
    readonly epsilon?: number;
    readonly gamma?: number;
    readonly alpha?: number;
    readonly beta?: number;
    readonly low?: number[];
    readonly high?: number[];
  };
  readonly target: {
    classes?: number[];
    minus?: number[];
    layer?: string;
    unit?: number;
    position?: [number, number];
  } | null;
  readonly output: string;
  readonly delta?: number[];
  readonly rtol: number;
  readonly minCosine?: number;
  readonly image?: string;
}

/** The reference cases of a model. */
export interface GoldenIndex {
  readonly inputs: Readonly<Record<string, string>>;
  readonly cases: readonly GoldenCase[];
}

/** What a reference case asks for, in the terms of this library. */
type Run = (
  model: Model,
  inputs: Readonly<Record<string, NdArray>>,
  golden: GoldenCase,
) => Promise<NdArray | Attribution>;

export const runs: Readonly<Record<string, Run>> = {
  forward: async (model, { x }, { params }) =>
    (await predict(model, x as NdArray, { scale: params.output ?? 'logit' })).values,
  gradient: explained(vitrine.gradient),
  'gradient*input': explained(vitrine.gradientTimesInput),
  deconvnet: explained(vitrine.deconvnet),
  'guided-backprop': explained(vitrine.guidedBackprop),
  'integrated-gradients': path(),
  'layer-integrated-gradients': path(),
  'layer-activation': async (model, { x }, { params }) => {
    const layer = params.layer as string;
    return (await activations(model, x as NdArray, [layer]))[layer] as NdArray;
  },
  'layer-gradient*activation': explained(vitrine.gradientTimesInput),
  'grad-cam': cam(vitrine.gradCam),
  'hires-cam': cam(vitrine.hiResCam),
  'grad-cam-elementwise': cam(vitrine.elementWiseCam),
  'layer-cam': cam(vitrine.layerCam),
  'xgrad-cam': cam(vitrine.xGradCam),
  'grad-cam++': cam(vitrine.gradCamPlusPlus),
  'score-cam': cam(vitrine.scoreCam),
  'ablation-cam': cam(vitrine.ablationCam),
  occlusion: (model, { x }, golden) => {
    const { window, stride, fill } = golden.params as unknown as Record<'window' | 'stride' | 'fill', number>;
    return vitrine.occlusion(model, x as NdArray, { ...optionsOf(golden), window, stride, baseline: fill });
  },
  'feature-ablation': async (model, inputs, golden) => {
    const { segments, baseline } = golden.params;
    const { shape, data } = inputs[segments as unknown as string] as NdArray;
    const { values } = await vitrine.featureAblation(model, inputs.x as NdArray, {
      ...optionsOf(golden),
      segments: { shape, data: Int32Array.from(data) },
      baseline: inputs[baseline as string] as NdArray,
    });
    const [count, height, width] = values.shape as [number, number, number];
    // The reference writes the number to every channel.
    return {
      shape: [count, height, width, 3],
      data: Float32Array.from({ length: 3 * values.data.length }, (_, i) => values.data[Math.floor(i / 3)] as number),
    };
  },
  'eigen-cam': async (model, inputs, golden) => {
    const { values } = (await cam(vitrine.eigenCam)(model, inputs, golden)) as Attribution;
    return { shape: values.shape, data: values.data.map(Math.abs) };
  },
  'guided-grad-cam': explained(vitrine.guidedGradCam),
  'deeplift-rescale': (model, inputs, golden) =>
    vitrine.deepLift(model, inputs.x as NdArray, {
      ...optionsOf(golden),
      baseline: inputs[golden.params.baseline as string] as NdArray,
    }),
  'deeplift-shap': (model, inputs, golden) =>
    vitrine.deepLiftShap(model, inputs.x as NdArray, {
      ...optionsOf(golden),
      background: inputs[golden.params.background as string] as NdArray,
    }),
  lrp: (model, { x }, golden) =>
    vitrine.lrp(model, x as NdArray, {
      ...optionsOf(golden),
      ...(golden.params.bias !== undefined && { bias: golden.params.bias }),
      composite: compositeOf(golden.params),
    }),
  'excitation-backprop': (model, { x }, golden) =>
    vitrine.excitationBackprop(model, x as NdArray, { ...optionsOf(golden), bias: golden.params.bias as boolean }),
  'internal-influence': layerPath(vitrine.internalInfluence),
  'layer-conductance': layerPath(vitrine.conductance),
  'neuron-conductance': (model, inputs, golden) => {
    const { unit, position } = golden.params as { unit?: number; position?: [number, number] };
    const explain = (m: Model, x: NdArray, options: ExplainOptions & LayerPathOptions): Promise<Attribution> =>
      vitrine.neuronConductance(m, x, { ...options, unit: unit as number, ...(position && { position }) });
    return layerPath(explain)(model, inputs, golden);
  },
  shapley: async (model, inputs, golden) => {
    const { segments, baseline } = golden.params;
    const { shape, data } = inputs[segments as unknown as string] as NdArray;
    const { segmentValues } = await vitrine.exactShapley(model, inputs.x as NdArray, {
      ...optionsOf(golden),
      segments: { shape, data: Int32Array.from(data) },
      baseline: inputs[baseline as string] as NdArray,
    });
    return segmentValues;
  },
  'fullgrad-total': async (model, { x }, golden) =>
    (await vitrine.fullGrad(model, x as NdArray, optionsOf(golden))).totals,
};

function explained(method: (model: Model, x: NdArray, options: ExplainOptions) => Promise<Attribution>): Run {
  return (model, { x }, golden) => method(model, x as NdArray, { ...optionsOf(golden), ...layerOf(golden) });
}

function path(): Run {
  return (model, inputs, golden) =>
    vitrine.integratedGradients(model, inputs.x as NdArray, {
      ...optionsOf(golden),
      ...layerOf(golden),
      baseline: inputs[golden.params.baseline as string] as NdArray,
      steps: golden.params.steps as number,
      // One pass for each example: a software GPU takes its time by the pass.
      batchSize: golden.params.steps as number,
      rule: golden.params.quadrature === 'gauss-legendre' ? 'gausslegendre' : 'middle',
    });
}

/** Methods of a layer on the way from a baseline. */
function layerPath(
  method: (model: Model, x: NdArray, options: ExplainOptions & LayerPathOptions) => Promise<Attribution>,
): Run {
  return (model, inputs, golden) => {
    const { layer, baseline, steps, quadrature } = golden.params;
    return method(model, inputs.x as NdArray, {
      ...optionsOf(golden),
      layer: layer as string,
      baseline: inputs[baseline as string] as NdArray,
      steps: steps as number,
      rule: quadrature === 'gauss-legendre' ? 'gausslegendre' : (quadrature as 'left'),
    });
  };
}

function cam(method: typeof vitrine.gradCam): Run {
  return (model, { x }, golden) => {
    const { relu = false, resize, centered, normalizeAlpha } = golden.params;
    return method(model, x as NdArray, {
      ...optionsOf(golden),
      ...layerOf(golden),
      rectify: relu,
      size: resize ? 'input' : 'layer',
      ...(centered !== undefined && { center: centered }),
      ...(normalizeAlpha !== undefined && { normalizeAlpha }),
    });
  };
}

function optionsOf({ target, params }: GoldenCase): ExplainOptions {
  return { ...(target && { target: targetOf(target) }), ...(params.output && { scale: params.output }) };
}

function compositeOf(params: GoldenCase['params']): Composite {
  const { composites, rules } = vitrine;
  const { composite, rule, epsilon, gamma, alpha, beta, low = [], high = [] } = params;
  const named: Record<string, () => Composite> = {
    EpsilonPlus: composites.epsilonPlus,
    EpsilonPlusFlat: composites.epsilonPlusFlat,
    EpsilonAlpha2Beta1: composites.epsilonAlpha2Beta1,
    EpsilonAlpha2Beta1Flat: composites.epsilonAlpha2Beta1Flat,
    EpsilonGammaBox: () => composites.epsilonGammaBox(low, high),
    'EpsilonPlus with w-square at the first layers': () => [
      [{ position: 'first' }, rules.wSquare()],
      ...composites.epsilonPlus(),
    ],
  };
  if (composite !== undefined) return (named[composite] as () => Composite)();
  const uniform: Record<string, () => Rule> = {
    epsilon: () => rules.epsilon(epsilon),
    zplus: rules.zPlus,
    gamma: () => rules.gamma(gamma),
    alphabeta: () => rules.alphaBeta(alpha, beta),
  };
  return composites.uniform((uniform[rule as string] as () => Rule)());
}

function layerOf({ params }: GoldenCase): { layer?: string } {
  return params.layer === undefined ? {} : { layer: params.layer };
}

function targetOf({ classes, minus, ...unit }: NonNullable<GoldenCase['target']>): Target {
  if (!classes) return unit as Target;
  return minus ? { class: classes, minus } : classes;
}

/** The cases count output units: the one unit of a binary model, their class 0, is class 1 in this library. */
export function ofBinaryModel(golden: GoldenCase): GoldenCase {
  const { target } = golden;
  return target?.classes ? { ...golden, target: { ...target, classes: target.classes.map(() => 1) } } : golden;
}

/** Runs a case and compares what it gives with the reference array, within the tolerance the case states. */
export async function expectGolden(
  model: Model,
  inputs: Readonly<Record<string, NdArray>>,
  { golden, folder }: { golden: GoldenCase; folder: string },
): Promise<void> {
  const found = await (runs[golden.method] as Run)(model, inputs, golden);
  const values = 'values' in found ? found.values : found;
  const expected = await readNpy(`${folder}${golden.output}`);
  expect(values.shape).toEqual(expected.shape);
  expect(relativeError(values.data, expected.data)).toBeLessThanOrEqual(golden.rtol);
  if (golden.minCosine !== undefined)
    expect(cosine(values.data, expected.data)).toBeGreaterThanOrEqual(golden.minCosine);
  if (!golden.delta || !('delta' in found)) return;
  golden.delta.forEach((gap, i) => {
    const tolerance = golden.rtol * Math.abs(found.score[i] as number) + 1e-4;
    expect(Math.abs(gap - (found.delta?.[i] as number))).toBeLessThanOrEqual(tolerance);
  });
}

/** The greatest difference, relative to the greatest absolute value of the reference. */
function relativeError(actual: Float32Array, expected: Float32Array): number {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const difference = (most: number, value: number, i: number): number =>
    Math.max(most, Math.abs(value - (actual[i] as number)));
  return expected.reduce(difference, 0) / largest;
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (p: Float32Array, q: Float32Array): number =>
    p.reduce((sum, value, i) => sum + value * (q[i] as number), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
