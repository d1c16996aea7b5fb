import { describe, expect, test } from 'vitest';
import { lrp } from '../../../src/attribution/index.ts';
import { loadNetwork } from '../../../src/network/loadNetwork.ts';
import { predict } from '../../../src/network/predict.ts';
import { type NdArray, sizeOf } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import * as oracle from '../../oracle/volumes.ts';
import { expectClose } from '../../support/close.ts';
import { attr, type GraphFile, graphFile, type WrittenNode } from '../../support/graphFile.ts';

const volume = [4, 5, 3, 2];
const kernelShape = [2, 3, 2, 2, 3];

function noise(shape: readonly number[], seed: number): number[] {
  const draw = random(seed);
  return Array.from({ length: sizeOf(shape) }, () => Math.fround(2 * draw.uniform() - 1));
}

interface Window {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilations?: readonly number[];
  readonly padding: 'same' | 'valid';
}

function nodeOf(op: string, { size, strides, dilations = [1, 1, 1], padding }: Window, input: string[]): WrittenNode {
  return {
    op,
    input,
    attr: {
      strides: attr.integers(1, ...strides, 1),
      dilations: attr.integers(1, ...dilations, 1),
      padding: attr.text(padding.toUpperCase()),
      data_format: attr.text('NDHWC'),
      ...(op !== 'Conv3D' && { ksize: attr.integers(1, ...size, 1) }),
    },
  };
}

function fileOf(op: string, window: Window, kernel: readonly number[]): GraphFile {
  const constants = {
    k: { shape: kernelShape, data: kernel },
    flat: { shape: [2], data: [-1, 6], dtype: 'int32' },
  } as const;
  return graphFile(
    volume,
    { made: nodeOf(op, window, op === 'Conv3D' ? ['x', 'k'] : ['x']) },
    op === 'Conv3D' ? { k: constants.k } : {},
  );
}

const windows: readonly Window[] = [
  { size: [2, 3, 2], strides: [1, 1, 1], padding: 'valid' },
  { size: [2, 3, 2], strides: [2, 3, 2], padding: 'same' },
];

describe.each([
  ['Conv3D', undefined],
  ['MaxPool3D', oracle.maxPool],
  ['AvgPool3D', oracle.averagePool],
] as const)('%s', (op, pooling) => {
  const dilated: Window = { size: [2, 3, 2], strides: [1, 1, 1], dilations: [2, 1, 2], padding: 'valid' };

  test.each([...windows, ...(pooling ? [] : [dilated])])('%o is what plain loops give', async (window) => {
    const kernel = noise(kernelShape, 1);
    const network = await loadNetwork(fileOf(op, window, kernel));
    const [x] = [{ shape: [1, ...volume], data: Float64Array.from(noise(volume, 2)) }];
    const input = { shape: x.shape, data: Float32Array.from(x.data) };
    const expected = pooling
      ? oracle.pooled(x, window, pooling).output
      : oracle.conv(x, { shape: kernelShape, data: Float64Array.from(kernel) }, window);
    const { values } = await predict(network, input);
    await expectClose(values as NdArray, { shape: expected.shape, data: Float32Array.from(expected.data) });
    expect(network.site('made').shape).toEqual([null, ...expected.shape.slice(1)]);
    const target = { layer: 'made', unit: 1, position: [0, 0, 0] } as const;
    const { values: relevance, score } = await lrp(network, input, { target });
    expect(relevance.data.reduce((sum, value) => sum + value, 0) / (score[0] as number)).toBeGreaterThan(0.9);
    network.dispose();
  });
});

test('volumes with their channels first are refused by node', async () => {
  const { json, ...file } = fileOf('MaxPool3D', windows[0] as Window, []);
  const text = JSON.stringify(json).replace(btoa('NDHWC'), btoa('NCDHW'));
  await expect(loadNetwork({ ...file, json: JSON.parse(text) })).rejects.toThrow(
    'node "made" (MaxPool3D) expected volumes with their channels last',
  );
});
