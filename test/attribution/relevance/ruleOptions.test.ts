import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import * as v from '../../../src/attribution/index.ts';
import type { Input, Model } from '../../../src/network/types.ts';
import { type Composite, gradientRule, type Rule } from '../../../src/network/walk/composite.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import type { Attribution, ExplainOptions } from '../../../src/scoring/types.ts';
import { classifier, free, inputsOf } from '../../oracle/building.ts';
import { expectNear } from '../../support/near.ts';

type RuleMethod = (model: Model, x: Input, options: ExplainOptions & v.RuleOptions) => Promise<Attribution>;

const methods: Readonly<Record<string, (patterns: v.Patterns, x: Input) => RuleMethod>> = {
  lrp: () => v.lrp,
  excitationBackprop: () => v.excitationBackprop,
  'excitationBackprop { contrastive }': () => (model, x, options) =>
    v.excitationBackprop(model, x, { ...options, contrastive: true }),
  deconvnet: () => v.deconvnet,
  guidedBackprop: () => v.guidedBackprop,
  deepLift: () => v.deepLift,
  deepLiftShap: (_patterns, background) => (model, x, options) => v.deepLiftShap(model, x, { ...options, background }),
  patternNet: (patterns) => (model, x, options) => v.patternNet(model, x, { ...options, patterns }),
  patternAttribution: (patterns) => (model, x, options) => v.patternAttribution(model, x, { ...options, patterns }),
};

/** The gradient times a number. */
function scaledBy(factor: number): Rule {
  return {
    ...gradientRule,
    name: 'scaled',
    backward: (operation, io, streams) =>
      gradientRule.backward(operation, io, streams).map((signals) => signals.map((signal) => tf.mul(signal, factor))),
  };
}

async function onClassifier(job: (model: LayersModel, x: NdArray, patterns: v.Patterns) => Promise<void>) {
  const model = classifier();
  const x = inputsOf(model, 3)[0] as NdArray;
  try {
    await job(model, x, await v.fitPatterns(model, x));
  } finally {
    free(model);
  }
}

describe.each(Object.entries(methods))('%s', (_name, methodOf) => {
  test('{ composite, rules: [entry] } is { composite: [entry, ...composite] }', async () => {
    await onClassifier(async (model, x, patterns) => {
      const method = methodOf(patterns, x);
      const composite: Composite = [['conv2d', scaledBy(0.5)], ...v.composites.epsilonPlus()];
      const entry = ['conv2d', scaledBy(-2)] as const;
      const { values } = await method(model, x, { target: 1, composite, rules: [entry] });
      const one = await method(model, x, { target: 1, composite: [entry, ...composite] });
      const other = await method(model, x, { target: 1, composite });
      expect(values.data).toEqual(one.values.data);
      expect(values.data).not.toEqual(other.values.data);
      expect(values.data.some((value) => value !== 0)).toBe(true);
    });
  });

  test('{ rules } come before its own', async () => {
    await onClassifier(async (model, x, patterns) => {
      const method = methodOf(patterns, x);
      const plain = await method(model, x, { target: 1 });
      const none = await method(model, x, { target: 1, rules: [] });
      const ruled = await method(model, x, { target: 1, rules: [['dense', scaledBy(0)]] });
      expect(none.values.data).toEqual(plain.values.data);
      expect(ruled.values.data.every((value) => value === 0)).toBe(true);
    });
  });

  test('an address that is not there is refused with those near it', async () => {
    await onClassifier(async (model, x, patterns) => {
      const method = methodOf(patterns, x);
      for (const name of ['rules', 'composite'] as const) {
        const options = { [name]: [[{ address: 'conv_2' }, gradientRule]] };
        await expect(method(model, x, options)).rejects.toMatchObject({
          code: 'unknown-layer',
          message: expect.stringMatching(new RegExp(`"${name}\\[0\\]\\[0\\].address" expected .*conv2`)),
        });
      }
    });
  });
});

test('without its own composite every one of these is the gradient where all operations are left open', async () => {
  await onClassifier(async (model, x, patterns) => {
    const { values } = await v.gradient(model, x, { target: 1 });
    const guided = await v.guidedBackprop(model, x, { target: 1, composite: [] });
    const deconvolved = await v.deconvnet(model, x, { target: 1, composite: [] });
    const network = await v.patternNet(model, x, { target: 1, composite: [], patterns });
    expectNear(guided.values.data, values.data, 1e-6);
    expectNear(deconvolved.values.data, values.data, 1e-6);
    expectNear(network.values.data, values.data, 1e-6);
    const product = await v.gradientTimesInput(model, x, { target: 1 });
    const lifted = await v.deepLift(model, x, { target: 1, composite: [] });
    expectNear(lifted.values.data, product.values.data, 1e-5);
  });
});

test('the default composite of lrp, given, changes nothing', async () => {
  await onClassifier(async (model, x) => {
    const given = await v.lrp(model, x, { composite: v.composites.epsilonPlus() });
    expect(given.values.data).toEqual((await v.lrp(model, x)).values.data);
  });
});

test('guidedGradCam and clearMap pass rules on', async () => {
  await onClassifier(async (model, x) => {
    const rules: Composite = [['relu', gradientRule]];
    const map = await v.guidedGradCam(model, x, { target: 1, rules });
    const product = await v.guidedGradCam(model, x, { target: 1, composite: [] });
    expect(map.values.data).toEqual(product.values.data);
    const { responses } = await v.clearMap(model, x, { base: v.deconvnet, rules });
    const plain = await v.clearMap(model, x, { base: v.gradient });
    expectNear(responses.data, plain.responses.data, 1e-6);
    await expect(v.clearMap(model, x, { base: v.gradient, rules })).rejects.toMatchObject({ code: 'unknown-option' });
  });
});

test('a variant of DeepLIFT beside a composite is refused', async () => {
  await onClassifier(async (model, x) => {
    await expect(v.deepLift(model, x, { composite: [], rule: 'revealCancel' })).rejects.toThrow(
      `"rule" expected 'rescale' or none where "composite" is given, got "revealCancel"`,
    );
  });
});
