import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { input, layers as l, model as modelOf, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { compile } from '../../src/network/compile.ts';
import type { OutputLink } from '../../src/network/graph/graph.ts';
import { summary } from '../../src/network/summary.ts';
import type { OutputMeaning } from '../../src/network/types.ts';
import { apply, conv, free } from '../oracle/building.ts';

type Layer = Parameters<typeof apply>[0];

/** A model of a picture of 4 × 4 that ends in these layers. */
function ending(...layers: Layer[]): LayersModel {
  const x = input({ shape: [4, 4, 2] });
  return modelOf({ inputs: x, outputs: layers.reduce((value, layer) => apply(layer, value), x) });
}

/** The same, of a vector, with branches that a layer joins. */
function ensemble(join: Layer, branches: readonly (readonly Layer[])[], ...after: Layer[]): LayersModel {
  const x = input({ shape: [3] });
  const ends = branches.map((branch) => branch.reduce((value, layer) => apply(layer, value), x));
  return modelOf({ inputs: x, outputs: after.reduce((value, layer) => apply(layer, value), apply(join, ends)) });
}

const dense = (units: number, activation: 'softmax' | 'sigmoid' | 'linear' | 'relu' | 'tanh' | 'softplus' = 'linear') =>
  l.dense({ units, activation });
const softmaxes = (): Layer[][] => [[dense(3, 'softmax')], [dense(3), l.softmax()]];
const halved = (scale = 0.5, offset = 0): Layer => l.rescaling({ scale, offset });

const cases: readonly [string, () => LayersModel, OutputLink, string][] = [
  [
    'softmax',
    () => ending(l.flatten(), l.dense({ units: 3, activation: 'softmax', name: 'scores' })),
    'softmax',
    'softmax over 3 classes; logits enter "scores"',
  ],
  [
    'softmax, dropout and reshape',
    () => ending(conv({ kernelSize: 4 }), l.softmax({ name: 'p', axis: -1 }), l.dropout({ rate: 0.5 }), l.flatten()),
    'softmax',
    'softmax over 3 classes; logits enter "p"',
  ],
  [
    'softmaxes side by side, flattened',
    () => ending(conv({ kernelSize: 3, activation: 'softmax' }), l.flatten()),
    'values',
    '12 values as they are',
  ],
  [
    'softmax of each pixel',
    () => ending(l.conv2d({ filters: 3, kernelSize: 1, activation: 'softmax', name: 'map' })),
    'softmax',
    'softmax over 3 classes at each position; logits enter "map"',
  ],
  [
    'log-softmax',
    () => ending(l.flatten(), dense(3), l.activation({ activation: 'logSoftmax' as 'softmax', name: 'log' })),
    'softmax',
    'logarithms of a softmax over 3 classes; logits enter "log"',
  ],
  [
    'sigmoid of several',
    () => ending(l.flatten(), l.dense({ units: 3, activation: 'sigmoid', name: 'tags' })),
    'sigmoid',
    'sigmoid of each of 3 classes; logits enter "tags"',
  ],
  [
    'sigmoid of one',
    () => ending(l.flatten(), l.dense({ units: 1, activation: 'sigmoid', name: 'yes' })),
    'binary',
    'sigmoid of one logit, that of class 1; logits enter "yes"',
  ],
  [
    'several linear units',
    () => ending(l.flatten(), dense(4)),
    'linear',
    "4 values as they are, or logits if output: 'logits' says so",
  ],
  ['one linear unit', () => ending(l.flatten(), dense(1)), 'values', '1 value as it is'],
  ['ReLU', () => ending(l.flatten(), dense(4, 'relu')), 'values', '4 values as they are'],
  ['tanh', () => ending(l.flatten(), dense(4, 'tanh'), l.dropout({ rate: 0.5 })), 'values', '4 values as they are'],
  ['softplus', () => ending(l.flatten(), dense(1, 'softplus')), 'values', '1 value as it is'],
  [
    'boxes',
    () => ending(l.conv2d({ filters: 7, kernelSize: 3 }), l.reshape({ targetShape: [4, 7] })),
    'linear',
    "7 values at each position as they are, or logits if output: 'logits' says so",
  ],
  [
    'mean of softmaxes',
    () => ensemble(l.average(), softmaxes()),
    'probabilities',
    'probabilities of 3 classes, without logits',
  ],
  [
    'half the sum of softmaxes',
    () => ensemble(l.add(), softmaxes(), halved()),
    'probabilities',
    'probabilities of 3 classes, without logits',
  ],
  [
    'weighted mean of softmaxes',
    () => {
      const [first, second] = softmaxes() as [Layer[], Layer[]];
      return ensemble(l.add(), [
        [...first, halved(0.3)],
        [...second, halved(0.7)],
      ]);
    },
    'probabilities',
    'probabilities of 3 classes, without logits',
  ],
  ['sum of softmaxes', () => ensemble(l.add(), softmaxes()), 'values', '3 values as they are'],
  [
    'mean of softmaxes less something',
    () => ensemble(l.average(), softmaxes(), halved(1, -0.1)),
    'values',
    '3 values as they are',
  ],
  ['product of softmaxes', () => ensemble(l.multiply(), softmaxes()), 'values', '3 values as they are'],
  [
    'mean of a softmax and a linear layer',
    () => ensemble(l.average(), [[dense(3, 'softmax')], [dense(3)]]),
    'linear',
    "3 values as they are, or logits if output: 'logits' says so",
  ],
  [
    'mean of sigmoids of one unit',
    () => ensemble(l.average(), [[dense(1, 'sigmoid')], [dense(1, 'sigmoid')]]),
    'binaryProbability',
    'probability of class 1, without logits',
  ],
  [
    'mean over positions of the softmax of each pixel',
    () => ending(conv({ activation: 'softmax' }), l.globalAveragePooling2d({})),
    'probabilities',
    'probabilities of 3 classes, without logits',
  ],
  [
    'largest softmax of all pixels',
    () => ending(conv({ activation: 'softmax' }), l.globalMaxPooling2d({})),
    'values',
    '3 values as they are',
  ],
  [
    'classes before rows and columns',
    () => ending(conv({ activation: 'softmax' }), l.permute({ dims: [3, 1, 2] })),
    'values',
    '2 values at each position as they are',
  ],
  ['models in a model', () => nested(), 'probabilities', 'probabilities of 3 classes, without logits'],
];

function nested(): LayersModel {
  const members = [0, 1].map(() =>
    sequential({ layers: [l.dense({ units: 3, inputShape: [3], activation: 'softmax' })] }),
  );
  const x = input({ shape: [3] });
  return modelOf({
    inputs: x,
    outputs: apply(
      l.average(),
      members.map((member) => member.apply(x) as SymbolicTensor),
    ),
  });
}

test.each(cases)('what the operations tell of an output: %s', (_name, build, link, holds) => {
  const model = build();
  const network = compile(model);
  expect(network.heads.map((head) => head.link)).toEqual([link]);
  const found = summary(network);
  expect(found.outputs.map((output) => output.holds)).toEqual([holds]);
  expect(String(found).split('\n').at(-1)).toBe(`output "${found.outputs[0]?.address}": ${holds}`);
  network.dispose();
  free(model);
});

type Said = readonly [string, OutputMeaning, string, () => LayersModel];

describe('compile(model, { output })', () => {
  const logSoftmax = (): Layer => l.activation({ activation: 'logSoftmax' as 'softmax' });
  const said: readonly Said[] = [
    ['several linear units', 'logits', 'softmax', () => ending(l.flatten(), dense(4))],
    ['several linear units', 'probabilities', 'probabilities', () => ending(l.flatten(), dense(4))],
    ['several linear units', 'values', 'values', () => ending(l.flatten(), dense(4))],
    ['one linear unit', 'probabilities', 'binaryProbability', () => ending(l.flatten(), dense(1))],
    ['a softmax', 'probabilities', 'softmax', () => ending(l.flatten(), dense(4, 'softmax'))],
    ['a softmax', 'values', 'values', () => ending(l.flatten(), dense(4, 'softmax'))],
    ['a sigmoid of one', 'probabilities', 'binary', () => ending(l.flatten(), dense(1, 'sigmoid'))],
    ['a sigmoid of one', 'values', 'values', () => ending(l.flatten(), dense(1, 'sigmoid'))],
    ['a log-softmax', 'logits', 'softmax', () => ending(l.flatten(), dense(2), logSoftmax())],
    ['a product', 'probabilities', 'probabilities', () => ensemble(l.multiply(), softmaxes())],
  ];
  test.each(said)('%s said to hold %s has the link %s', (_name, output, link, build) => {
    const model = build();
    const network = compile(model, { output });
    expect(network.heads.map((head) => head.link)).toEqual([link]);
    const [head] = network.heads;
    if (output !== 'probabilities') expect(head?.logits.value).toBe(head?.site.value);
    network.dispose();
    free(model);
  });

  const refused: readonly Said[] = [
    [
      'a softmax',
      'logits',
      `"output" expected 'probabilities' or 'values' for output "y" (softmax over 4 classes; logits enter "y"), got "logits"`,
      () => ending(l.flatten(), l.dense({ units: 4, activation: 'softmax', name: 'y' })),
    ],
    [
      'a ReLU',
      'logits',
      'for output "y" (4 values as they are), got "logits"',
      () => ending(l.flatten(), l.dense({ units: 4, activation: 'relu', name: 'y' })),
    ],
    [
      'one unit',
      'logits',
      'for output "y" (1 value as it is), got "logits"',
      () => ending(l.flatten(), l.dense({ units: 1, name: 'y' })),
    ],
    [
      'a mean of softmaxes',
      'logits',
      'for output "y" (probabilities of 3 classes, without logits), got "logits"',
      () => ensemble(l.average({ name: 'y' }), softmaxes()),
    ],
    [
      'a log-softmax',
      'probabilities',
      `"output" expected 'logits' or 'values'`,
      () => ending(l.flatten(), dense(2), logSoftmax()),
    ],
    ['two linear units', 'logit' as 'logits', '"output" expected one of logits, ', () => ending(l.flatten(), dense(2))],
  ];
  test.each(refused)('%s is not said to hold %s', (_name, output, message, build) => {
    const model = build();
    expect(() => compile(model, { output })).toThrow(message);
    free(model);
  });
});
