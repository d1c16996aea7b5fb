import { describe, expect, test } from 'vitest';
import { loadNetwork } from '../../../src/network/loadNetwork.ts';
import { attr, graphFile, type WrittenConstant, type WrittenNode } from '../../support/graphFile.ts';

type Nodes = Record<string, WrittenNode>;
type Constants = Record<string, WrittenConstant>;

const kernel: Constants = { k: { shape: [1, 1, 2, 3], data: [1, 2, 3, 4, 5, 6] } };
const conv = (more: Record<string, object> = {}): WrittenNode => ({
  op: 'Conv2D',
  input: ['x', 'k'],
  attr: { strides: attr.integers(1, 1, 1, 1), padding: attr.text('SAME'), ...more },
});

describe('a graph that cannot be explained is refused by node and op', () => {
  test.each<[string, Nodes, Constants, string]>([
    [
      'an unknown op',
      { a: { op: 'Rellu', input: ['x'] } },
      {},
      'node "a" (Rellu) is of an op that is not known; near: Relu',
    ],
    ['control flow', { a: { op: 'While', input: ['x'] } }, {}, 'node "a" (While) is control flow'],
    ['a function', { a: { op: 'PartitionedCall', input: ['x'] } }, {}, 'node "a" (PartitionedCall) calls a function'],
    ['an index', { a: { op: 'ArgMax', input: ['x'] } }, {}, 'node "a" (ArgMax) chooses indices'],
    ['a missing node', { a: { op: 'Relu', input: ['b'] } }, {}, 'node "a" reads "b", which is no node of the graph'],
    ['a missing output', { a: { op: 'Relu', input: ['x:3'] } }, {}, 'node "a" (Relu) reads output 3 of node "x"'],
    ['a missing input', { a: { op: 'Conv2D', input: ['x'] } }, {}, 'node "a" (Conv2D) expected more than 1 inputs'],
    [
      'a circle',
      { a: { op: 'Relu', input: ['b'] }, b: { op: 'Relu', input: ['a'] }, c: { op: 'Relu', input: ['b'] } },
      {},
      'node "a" reads "b", which depends on it',
    ],
    [
      'a constant without a value',
      { k: { op: 'Const' }, a: conv() },
      {},
      'node "k" (Const) has no value in the weights',
    ],
    [
      'weights that are computed',
      { b: { op: 'Relu', input: ['x'] }, a: { ...conv(), input: ['x', 'b'] } },
      {},
      'node "a" (Conv2D) expected a constant as input 1',
    ],
    [
      'an output that is constant',
      { a: { op: 'Relu', input: ['k'] } },
      kernel,
      'output "a" does not depend on the input',
    ],
    ['strange padding', { a: conv({ padding: attr.text('ODD') }) }, kernel, 'node "a" (Conv2D) has padding "ODD"'],
    [
      'a text that is none',
      { a: conv({ padding: { s: '§' } }) },
      kernel,
      'node "a" (Conv2D): attribute "padding" expected base64',
    ],
    [
      'a number that is none',
      { a: conv({ strides: { list: { i: ['two'] } } }) },
      kernel,
      'node "a" (Conv2D): attribute "strides" expected a number, got "two"',
    ],
    [
      'what is fused and not known',
      { a: { ...conv({ fused_ops: attr.texts('BiasAdd', 'Sine') }), op: '_FusedConv2D', input: ['x', 'k', 'c'] } },
      { ...kernel, c: { shape: [3], data: [1, 2, 3] } },
      'node "a" (_FusedConv2D) has fused "Sine", which is not known',
    ],
    [
      'statistics of the batch',
      {
        a: {
          op: 'FusedBatchNormV3',
          input: ['x', 'c', 'c', 'c', 'c'],
          attr: { is_training: attr.flag(true) },
        },
      },
      { c: { shape: [2], data: [1, 1] } },
      'node "a" (FusedBatchNormV3) normalises by the statistics of the batch',
    ],
    [
      'a normalisation that adds another value before its activation',
      {
        a: {
          op: '_FusedBatchNormEx',
          input: ['x', 'c', 'c', 'c', 'c', 'x'],
          attr: { activation_mode: attr.text('Relu'), num_side_inputs: attr.number(1) },
        },
      },
      { c: { shape: [2], data: [1, 1] } },
      'node "a" (_FusedBatchNormEx) expected one input besides its statistics',
    ],
    [
      'a shape that is the product of lengths of which one is open',
      {
        s: { op: 'Shape', input: ['x'] },
        p: { op: 'Prod', input: ['s', 'c'] },
        v: { op: 'Pack', input: ['p'] },
        a: { op: 'Reshape', input: ['x', 'v'] },
      },
      { c: { shape: [1], data: [0], dtype: 'int32' } },
      'node "a" (Reshape): reshape of [null, 4, 3, 2] to [null] would mix examples',
    ],
    [
      'a mean over the batch',
      { a: { op: 'Mean', input: ['x', 'c'] } },
      { c: { shape: [1], data: [0], dtype: 'int32' } },
      'node "a" (Mean): mean over the batch axis would mix examples',
    ],
    [
      'examples mixed with positions',
      { a: { op: 'Reshape', input: ['x', 'c'] }, b: { op: 'Softmax', input: ['a'] } },
      { c: { shape: [2], data: [-1, 2], dtype: 'int32' } },
      'node "b" (Softmax) reads a value in a form that only convolutions and dense layers know',
    ],
  ])('%s', async (_name, nodes, constants, message) => {
    await expect(loadNetwork(graphFile([4, 3, 2], nodes, constants))).rejects.toThrow(`"model.json": ${message}`);
  });

  test('nodes that are none', async () => {
    const file = graphFile([2], {});
    const json = { ...file.json, modelTopology: { node: [{ name: 'a' }] } };
    await expect(loadNetwork({ ...file, json })).rejects.toThrow(
      '"model.json" expected nodes {name, op, input, attr}, got {"name":"a"}',
    );
  });

  test('two nodes of one name', async () => {
    const file = graphFile([2], { a: { op: 'Relu', input: ['x'] } });
    const { node } = file.json.modelTopology;
    const json = { ...file.json, modelTopology: { node: [...node, ...node.slice(-1)] } };
    await expect(loadNetwork({ ...file, json })).rejects.toThrow('"model.json" has two nodes of the name "a"');
  });

  test('an input without a shape', async () => {
    const file = graphFile([2], { a: { op: 'Relu', input: ['x'] } });
    const node = file.json.modelTopology.node.map((written) => ({ ...written, attr: {} }));
    await expect(loadNetwork({ ...file, json: { ...file.json, modelTopology: { node } } })).rejects.toThrow(
      '"model.json": input "x" expected a shape with a batch axis, got none',
    );
  });
});
