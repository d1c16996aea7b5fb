import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as vitrine from '../../src/attribution/index.ts';
import { activations } from '../../src/network/activations.ts';
import { compile } from '../../src/network/compile.ts';
import type { Network } from '../../src/network/network.ts';
import { predict } from '../../src/network/predict.ts';
import type { Attribution, ExplainOptions, Target } from '../../src/network/types.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { readJson, readNpy } from '../support/fixtures.ts';
import { fixtureModel } from '../support/models.ts';

interface GoldenCase {
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
}

interface GoldenIndex {
  readonly inputs: Readonly<Record<string, string>>;
  readonly cases: readonly GoldenCase[];
}

/** What a reference case asks for, in the terms of this library. */
type Run = (
  network: Network,
  inputs: Readonly<Record<string, NdArray>>,
  golden: GoldenCase,
) => Promise<NdArray | Attribution>;

const runs: Readonly<Record<string, Run>> = {
  forward: async (network, { x }, { params }) =>
    (await predict(network, x as NdArray, { scale: params.output ?? 'logit' })).values,
  gradient: explained(vitrine.gradient),
  'gradient*input': explained(vitrine.gradientTimesInput),
  deconvnet: explained(vitrine.deconvnet),
  'guided-backprop': explained(vitrine.guidedBackprop),
  'integrated-gradients': path(),
  'layer-integrated-gradients': path(),
  'layer-activation': async (network, { x }, { params }) => {
    const layer = params.layer as string;
    return (await activations(network, x as NdArray, [layer]))[layer] as NdArray;
  },
  'layer-gradient*activation': explained(vitrine.gradientTimesInput),
  'grad-cam': cam(vitrine.gradCam),
  'hires-cam': cam(vitrine.hiResCam),
  'grad-cam-elementwise': cam(vitrine.elementWiseCam),
  'layer-cam': cam(vitrine.layerCam),
  'xgrad-cam': cam(vitrine.xGradCam),
  'grad-cam++': cam(vitrine.gradCamPlusPlus),
  'eigen-cam': async (network, inputs, golden) => {
    const { values } = (await cam(vitrine.eigenCam)(network, inputs, golden)) as Attribution;
    return { shape: values.shape, data: values.data.map(Math.abs) };
  },
  'guided-grad-cam': explained(vitrine.guidedGradCam),
  'fullgrad-total': async (network, { x }, golden) =>
    (await vitrine.fullGrad(network, x as NdArray, optionsOf(golden))).totals,
};

function explained(method: (network: Network, x: NdArray, options: ExplainOptions) => Promise<Attribution>): Run {
  return (network, { x }, golden) => method(network, x as NdArray, { ...optionsOf(golden), ...layerOf(golden) });
}

function path(): Run {
  return (network, inputs, golden) =>
    vitrine.integratedGradients(network, inputs.x as NdArray, {
      ...optionsOf(golden),
      ...layerOf(golden),
      baseline: inputs[golden.params.baseline as string] as NdArray,
      steps: golden.params.steps as number,
      rule: golden.params.quadrature === 'gauss-legendre' ? 'gausslegendre' : 'middle',
    });
}

function cam(method: typeof vitrine.gradCam): Run {
  return (network, { x }, golden) => {
    const { relu = false, resize, centered, normalizeAlpha } = golden.params;
    return method(network, x as NdArray, {
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

function layerOf({ params }: GoldenCase): { layer?: string } {
  return params.layer === undefined ? {} : { layer: params.layer };
}

function targetOf({ classes, minus, ...unit }: NonNullable<GoldenCase['target']>): Target {
  if (!classes) return unit as Target;
  return minus ? { class: classes, minus } : classes;
}

/** The greatest difference, relative to the greatest absolute value of the reference. */
function relativeError(actual: NdArray, expected: NdArray): number {
  expect(actual.shape).toEqual(expected.shape);
  const largest = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const difference = expected.data.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (actual.data[i] as number))),
    0,
  );
  return difference / largest;
}

for (const name of ['vgg-tiny', 'bn-residual-tiny', 'mobile-tiny', 'inception-tiny']) {
  const folder = `goldens/attribution/${name}/`;
  const { inputs: files, cases } = await readJson<GoldenIndex>(`${folder}index.json`);

  describe(name, () => {
    let model: LayersModel;
    let network: Network;
    const inputs: Record<string, NdArray> = {};

    beforeAll(async () => {
      model = await fixtureModel(name);
      network = compile(model);
      for (const [key, file] of Object.entries(files)) inputs[key] = await readNpy(`${folder}${file}`);
      // What the network keeps, it makes on the first calls; leaks are counted from here.
      for (const golden of cases) await runs[golden.method]?.(network, inputs, golden);
    });
    afterAll(() => {
      network.dispose();
      model.dispose();
    });

    for (const golden of cases.filter(({ method }) => method in runs)) {
      test(`${golden.method}: ${golden.id}`, async () => {
        const found = await (runs[golden.method] as Run)(network, inputs, golden);
        const values = 'values' in found ? found.values : found;
        expect(relativeError(values, await readNpy(`${folder}${golden.output}`))).toBeLessThanOrEqual(golden.rtol);
        if (golden.delta && 'delta' in found) {
          found.delta?.forEach((gap, i) => {
            expect(Math.abs(gap - (golden.delta?.[i] as number))).toBeLessThanOrEqual(
              golden.rtol * Math.abs(found.score[i] as number) + 1e-4,
            );
          });
        }
      });
    }
  });
}
