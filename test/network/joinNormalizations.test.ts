import * as tf from '@tensorflow/tfjs-core';
import { layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { gradient } from '../../src/attribution/gradient/gradient.ts';
import { deepLift } from '../../src/attribution/relevance/deepLift/deepLift.ts';
import { lrp } from '../../src/attribution/relevance/lrp.ts';
import { loadNetwork } from '../../src/network/loadNetwork.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { Explainer, Target } from '../../src/scoring/types.ts';
import { chain } from '../oracle/building.ts';
import { expectClose } from '../support/close.ts';
import { attr, type GraphFile, graphFile, type WrittenNode } from '../support/graphFile.ts';

const gamma = [0.5, -1.5, 2];
const beta = [0.1, 0.2, -0.3];
const epsilon = 1e-2;
const x: NdArray = { shape: [1, 2, 2, 3], data: Float32Array.from({ length: 12 }, (_, i) => Math.sin(3 * i + 1)) };

const node = (op: string, ...input: string[]): WrittenNode => ({ op, input });
const mean = (...input: string[]): WrittenNode => ({ op: 'Mean', input, attr: { keep_dims: attr.flag(true) } });

const deviation: Readonly<Record<string, WrittenNode>> = {
  mean: mean('x', 'last'),
  squares: node('SquaredDifference', 'x', 'mean'),
  variance: mean('squares', 'last'),
  shifted: node('AddV2', 'variance', 'epsilon'),
  root: node('Rsqrt', 'shifted'),
};

/** As tf.nn.batch_normalization and Keras 3 write it, and with its sums and factors in other orders. */
const forms: Readonly<Record<string, Readonly<Record<string, WrittenNode>>>> = {
  'β − m·w': {
    weight: node('Mul', 'root', 'gamma'),
    scaled: node('Mul', 'x', 'weight'),
    centre: node('Mul', 'mean', 'weight'),
    moved: node('Sub', 'beta', 'centre'),
    y: node('AddV2', 'scaled', 'moved'),
  },
  '−m·w + β': {
    negative: node('Neg', 'mean'),
    weight: node('Mul', 'gamma', 'root'),
    centre: node('Mul', 'negative', 'weight'),
    scaled: node('Mul', 'weight', 'x'),
    moved: node('AddV2', 'centre', 'beta'),
    y: node('AddV2', 'moved', 'scaled'),
  },
  'β last': {
    weight: node('Mul', 'root', 'gamma'),
    centre: node('Mul', 'weight', 'mean'),
    negative: node('Neg', 'centre'),
    scaled: node('Mul', 'x', 'weight'),
    sum: node('AddV2', 'negative', 'scaled'),
    y: node('AddV2', 'sum', 'beta'),
  },
};

function inPieces(form: Readonly<Record<string, WrittenNode>>): GraphFile {
  return graphFile(
    [2, 2, 3],
    { ...deviation, ...form },
    {
      last: { shape: [1], data: [-1], dtype: 'int32' },
      epsilon: { shape: [], data: [epsilon] },
      gamma: { shape: [3], data: gamma },
      beta: { shape: [1, 1, 1, 3], data: beta },
    },
  );
}

const target = (layer: string): Target => ({ layer, unit: 1, position: [1, 0] });

describe('a layer normalisation in pieces is one to rules', () => {
  const methods: Readonly<Record<string, Explainer>> = { gradient, lrp, deepLift };
  const cases = Object.keys(forms).flatMap((form) => Object.keys(methods).map((method) => [form, method] as const));
  test.each(cases)('%s: %s as of the layer', async (form, method) => {
    const explain = methods[method] as Explainer;
    const model = chain([2, 2, 3], l.layerNormalization({ epsilon, name: 'norm' }));
    const weights = [tf.tensor(gamma), tf.tensor(beta)];
    model.setWeights(weights);
    const network = await loadNetwork(inPieces(forms[form] as (typeof forms)[string]));
    const expected = await explain(model, x, { target: target('norm') });
    const found = await explain(network, x, { target: target('y') });
    await expectClose(found.values, expected.values, { tolerance: 1e-5 });
    tf.dispose(weights);
    model.dispose();
    network.dispose();
  });

  test('with something else in it there is no rule', async () => {
    const form = { ...forms['β last'], scaled: node('Mul', 'squares', 'weight') };
    const network = await loadNetwork(inPieces(form));
    await expect(lrp(network, x, { target: target('y') })).rejects.toThrow(
      /cannot tell the signal from its gate in multiply of layer "scaled"/,
    );
    network.dispose();
  });
});
