import { input, type LayersModel, layers as l, model as modelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { compile } from '../../src/network/compile.ts';
import { gradientRule, type Rule } from '../../src/network/composite.ts';
import { joinSwish } from '../../src/network/joinSwish.ts';
import { apply } from '../oracle/building.ts';

const rule: Rule = { ...gradientRule, name: 'for activations' };

/** x times the sigmoid of something, in either order. */
function product(
  operands: (x: SymbolicTensor, gate: SymbolicTensor) => SymbolicTensor[],
  of = (x: SymbolicTensor) => x,
): LayersModel {
  const x = input({ shape: [4], name: 'x' });
  const gate = apply(l.activation({ activation: 'sigmoid', name: 'gate' }), of(x));
  return modelOf({ inputs: x, outputs: apply(l.multiply({ name: 'product' }), operands(x, gate)) });
}

function kindsOf(
  model: LayersModel,
  { needed = [], ofSwish = rule }: { needed?: readonly string[]; ofSwish?: Rule } = {},
): string[] {
  const network = compile(model);
  const values = needed.map((address) => network.site(address).value);
  const steps = joinSwish(network.graph, {
    inner: (value) => !values.includes(value),
    rule: ({ kind }) => (kind === 'swish' ? ofSwish : gradientRule),
  });
  expect(steps).toHaveLength(network.graph.steps.length);
  return steps.map((step) => (step ? `${step.operation.kind} ${step.operation.address}` : '-'));
}

test.each([
  ['v · sigmoid(v)', () => product((x, gate) => [x, gate])],
  ['sigmoid(v) · v', () => product((x, gate) => [gate, x])],
])('joinSwish(%s) is one step in the place of the product', (_name, build) => {
  expect(kindsOf(build())).toEqual(['-', 'swish product']);
});

test.each<[string, LayersModel, Parameters<typeof kindsOf>[1]]>([
  ['where the sigmoid is needed', product((x, gate) => [x, gate]), { needed: ['gate'] }],
  ['where no rule is for activations', product((x, gate) => [x, gate]), { ofSwish: gradientRule }],
  ['of three', product((x, gate) => [x, gate, x]), {}],
])('joinSwish leaves a product %s', (_name, model, options) => {
  expect(kindsOf(model, options)).toEqual(['sigmoid gate', 'multiply product']);
});

test('joinSwish leaves a gate of something else', () => {
  const model = product(
    (x, gate) => [x, gate],
    (x) => apply(l.leakyReLU({ name: 'other' }), x),
  );
  expect(kindsOf(model)).toEqual(['leakyRelu other', 'sigmoid gate', 'multiply product']);
});
