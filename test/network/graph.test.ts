import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { activations } from '../../src/network/activations.ts';
import { compile } from '../../src/network/compile.ts';
import { type PlannedStep, plan } from '../../src/network/plan/plan.ts';
import { type Composite, gradientRule } from '../../src/network/walk/composite.ts';
import { ruleFinder } from '../../src/network/walk/ruleFinder.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { chain, classifier, free, inputsOf } from '../oracle/building.ts';
import { networks } from '../oracle/networks.ts';
import { expectClose } from '../support/close.ts';
import { modelOf } from '../support/modelOf.ts';

const build = (name: string): ReturnType<typeof compile> =>
  compile((networks.get(name) as () => Parameters<typeof compile>[0])());

/** The operations that run when only the outputs are asked for; `+` joins what is fused. */
function planned(
  network: ReturnType<typeof compile>,
  composite: Composite = [],
  needed: readonly string[] = [],
): string[] {
  const steps = plan(network.graph, {
    needed: new Set(
      [...network.heads.map(({ site }) => site), ...needed.map((address) => network.site(address))].map(
        ({ value }) => value,
      ),
    ),
    rule: ruleFinder(network.graph, composite),
    edit: (operation) => operation,
  });
  return steps.map(
    ({ operation, activation }: PlannedStep) => operation.kind + (activation ? `+${activation.operation.kind}` : ''),
  );
}

describe('plan(graph, request): what is joined', () => {
  test.each<[string, string[]]>([
    ['norm after conv', ['conv2d+relu']],
    ['norm after conv with bias', ['conv2d+relu']],
    ['norm after depthwise', ['depthwiseConv2d+relu']],
    ['norm after separable', ['depthwiseConv2d', 'conv2d+relu']],
    ['norm after dense', ['dense+relu', 'dense']],
    ['norm before conv', ['affine+relu', 'conv2d']],
    ['norm after norm', ['conv2d+relu']],
    ['norm after relu', ['conv2d+relu', 'affine', 'affine']],
    ['conv used twice', ['conv2d', 'affine', 'relu', 'add']],
    ['an output inside, an input as output', ['conv2d', 'affine+relu']],
    ['reLU, maxValue 6', ['conv2d+relu']],
    ['reLU, maxValue 0.4', ['conv2d', 'relu']],
    ['conv2dTranspose valid', ['conv2dTranspose']],
  ])('%s: %j', (name, expected) => {
    const network = build(name);
    const found = planned(network);
    // An affine map can take a ReLU with any ceiling; a convolution only those that tfjs knows.
    expect(found).toEqual(expected);
    free(modelOf(network));
  });

  test('a tap between keeps apart, and so does a rule that reads what lies between', () => {
    const network = compile(classifier());
    const tail = ['maxPool', 'conv2d', 'tanh', 'globalAveragePool', 'dense', 'softmax'];
    expect(planned(network)).toEqual(['conv2d+relu', ...tail]);
    expect(planned(network, [], ['norm1'])).toEqual(['conv2d', 'relu', ...tail]);
    expect(planned(network, [], ['conv1'])).toEqual(['conv2d', 'affine+relu', ...tail]);
    expect(planned(network, [['relu', { ...gradientRule, needs: ['inputs'] }]])).toEqual(['conv2d', 'relu', ...tail]);
    expect(planned(network, [['relu', { ...gradientRule, needs: ['output'] }]])).toEqual(['conv2d+relu', ...tail]);
    expect(planned(network, [['conv2d', { ...gradientRule, needs: ['output'] }]])).toEqual(['conv2d', 'relu', ...tail]);
    expect(planned(network, [['affine', { ...gradientRule, needs: ['inputs'] }]])).toEqual([
      'conv2d',
      'affine+relu',
      ...tail,
    ]);
    free(modelOf(network));
  });
});

describe('network.site(address)', () => {
  test.each<[string, RegExp[]]>([
    ['nested functional', [/^model\d+\/deep$/, /^model\d+$/]],
    ['sequential first in sequential', [/^sequential_\d+\/conv2d_\w+$/, /^sequential_\d+$/]],
    ['sequential later in sequential', [/^sequential_\d+\/conv2d_\w+$/, /^sequential_\d+$/]],
    ['nested model called twice', [/^model\d+\/within$/, /^model\d+#1\/within$/, /^model\d+$/, /^model\d+#1$/]],
    ['shared layer', [/^shared$/, /^shared#1$/]],
    ['custom layer with two outputs', [/^fork$/, /^fork:1$/]],
  ])('%s', (name, patterns) => {
    const network = build(name);
    const addresses = [...network.graph.sites.keys()];
    for (const pattern of patterns) {
      const address = addresses.find((candidate) => pattern.test(candidate));
      expect(address, `${pattern} among ${addresses.join(', ')}`).toBeDefined();
      expect(network.site(address as string).address).toBe(address);
    }
    free(modelOf(network));
  });

  test('the first call has its number too', () => {
    const network = build('shared layer');
    expect(network.site('shared#0')).toBe(network.site('shared'));
    free(modelOf(network));
  });
});

test('name@preactivation is what enters the activation of a layer', async () => {
  const model = chain(
    [6, 7, 2],
    l.conv2d({ filters: 3, kernelSize: 3, activation: 'relu', name: 'fused' }),
    l.separableConv2d({ filters: 2, kernelSize: 2, activation: 'tanh', name: 'separable' }),
    l.conv2d({ filters: 2, kernelSize: 1, name: 'linear' }),
    l.activation({ activation: 'relu', name: 'alone' }),
    l.flatten({}),
    l.dense({ units: 3, activation: 'softmax', name: 'scores' }),
  );
  const network = compile(model);
  const [x] = inputsOf(model, 2) as [NdArray];
  const names = ['fused', 'separable', 'scores'] as const;
  const found = await activations(
    network,
    x,
    names.flatMap((name) => [name, `${name}@preactivation` as const]),
  );
  const pairs = { fused: tf.relu, separable: tf.tanh, scores: (z: Tensor) => tf.softmax(z) };
  for (const name of names) {
    const { shape, data } = found[`${name}@preactivation`];
    expect(data.some((value) => value < 0)).toBe(true);
    const activated = tf.tidy(() => pairs[name](tf.tensor(data, [...shape])));
    await expectClose(activated, found[name]);
    activated.dispose();
  }
  expect(() => network.site('linear@preactivation')).toThrow('"layer" expected the address of a layer');
  expect(() => network.site('alone@preactivation')).toThrow('"layer" expected the address of a layer');
  network.dispose();
  free(model);
});

test('network.forward(inputs, { taps }): stops at the deepest tap and reads only what is needed', () => {
  const network = build('inputs of different shapes');
  const pooled = [...network.graph.sites.keys()].find((address) => address.includes('global')) as string;
  const site = network.site(pooled);
  // What is made of kernels is kept from the first pass on.
  tf.tidy(() => void network.forward([tf.ones([1, 6, 7, 2])], { taps: [site] }));
  tf.tidy(() => {
    const before = tf.memory().numTensors;
    const record = network.forward([tf.ones([1, 6, 7, 2])], { taps: [site] });
    expect(record.value(site).shape).toEqual([1, 3]);
    expect(tf.memory().numTensors - before, 'the input and the tap').toBe(2);
    expect(() => network.forward([tf.ones([1, 6, 7, 2]) as Tensor])).toThrow(/no value for input "input\w+"/);
    expect(() => record.value(network.heads[0]?.site as typeof site)).toThrow(
      'was not kept by this forward walk; name it in "taps"',
    );
  });
  network.dispose();
  free(modelOf(network));
});
