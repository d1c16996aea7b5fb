import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { WindowGeometry } from '../../../src/backend/kernels/geometry.ts';
import type { Operation, OperationParameters } from '../../../src/network/graph/operation.ts';
import { affine } from '../../../src/network/operations/affine.ts';
import type { OperationSource } from '../../../src/network/operations/base.ts';
import { groupedConv2d } from '../../../src/network/operations/groupedConv2d.ts';
import * as oracle from '../../oracle/convolution.ts';
import { at, type Block, outputShape, zeros } from '../../oracle/windows.ts';
import { expectClose } from '../../support/close.ts';
import { operationNetwork } from '../../support/operationNetwork.ts';
import { expectParts, noiseTensor, passes } from '../../support/operations.ts';
import { expectBlock, noise, tensorOf } from '../../support/windows.ts';

interface Case {
  readonly groups: number;
  readonly plane: Block['shape'];
  readonly units: number;
  readonly geometry: WindowGeometry;
}

const same: WindowGeometry = { window: [3, 3], strides: [1, 1], padding: 'same', dilations: [1, 1] };

const cases: Readonly<Record<string, Case>> = {
  'two groups': { groups: 2, plane: [2, 5, 6, 4], units: 6, geometry: same },
  'one channel to a group': { groups: 3, plane: [2, 5, 6, 3], units: 6, geometry: { ...same, padding: 'valid' } },
  'one group': { groups: 1, plane: [2, 5, 6, 3], units: 2, geometry: same },
  'several convolutions, the last of fewer groups': {
    groups: 5,
    plane: [1, 6, 5, 60],
    units: 20,
    geometry: { ...same, strides: [2, 2] },
  },
  'wide groups': { groups: 2, plane: [1, 4, 5, 70], units: 8, geometry: { ...same, window: [1, 2], padding: 'valid' } },
  dilated: { groups: 2, plane: [1, 6, 7, 4], units: 4, geometry: { ...same, dilations: [2, 2] } },
};

/** The kernel with zeros between the groups, in plain loops. */
function whole(kernel: Block, groups: number): Block {
  const [rows, columns, perGroup, units] = kernel.shape;
  const result = zeros([rows, columns, perGroup * groups, units]);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      for (let k = 0; k < units; k++) {
        const first = Math.floor((k * groups) / units) * perGroup;
        for (let i = 0; i < perGroup; i++) {
          result.data[at(result, [r, c, first + i, k])] = kernel.data[at(kernel, [r, c, i, k])] as number;
        }
      }
    }
  }
  return result;
}

function kernelOf({ groups, plane, units, geometry }: Case, seed = 3): Block {
  return noise([...geometry.window, plane[3] / groups, units], seed);
}

/** Runs a job with an operation that frees what it keeps. */
async function using(
  { groups, geometry, plane }: Case,
  parameters: OperationParameters,
  job: (network: ReturnType<typeof operationNetwork>, operation: Operation) => Promise<void>,
): Promise<void> {
  const network = operationNetwork(plane.slice(1), [
    ['grouped', (source) => groupedConv2d(source, { ...geometry, groups }, () => parameters)],
  ]);
  await job(network, network.operations[0] as Operation);
  network.dispose();
  tf.dispose(parameters);
}

test.each(Object.entries(cases))('groupedConv2d, %s: forward and pullback', async (_name, subject) => {
  const { groups, plane, units, geometry } = subject;
  const kernel = kernelOf(subject);
  const [x, cotangent] = [noise(plane, 1), noise(outputShape(plane, geometry, units), 2)];
  await using(subject, { kernel: tensorOf(kernel) }, async (_network, operation) => {
    await expectBlock(
      () => operation.forward([tensorOf(x)]) as Tensor4D,
      oracle.conv(x, whole(kernel, groups), geometry),
    );
    const io = { inputShapes: [plane], inputs: [], output: undefined as never };
    await expectBlock(
      () => operation.pullback(tensorOf(cotangent), io)[0] as Tensor4D,
      oracle.convInputGradient(cotangent, whole(kernel, groups), { inputShape: plane, geometry }),
    );
  });
});

test.each(Object.entries(cases))('groupedConv2d, %s: a bias and a ReLU at once', async (_name, subject) => {
  const { groups, plane, units, geometry } = subject;
  const kernel = kernelOf(subject);
  const x = noise(plane, 1);
  const parameters = { kernel: tensorOf(kernel), bias: noiseTensor([units], 4) };
  const bias = await parameters.bias.data();
  const expected = oracle.conv(x, whole(kernel, groups), geometry);
  const rectified = { ...expected, data: expected.data.map((y, i) => Math.max(0, y + (bias[i % units] as number))) };
  await using(subject, parameters, async (_network, operation) => {
    expect(operation.fuses?.({ ceiling: undefined })).toBe(true);
    await expectBlock(() => operation.forward([tensorOf(x)], undefined, { ceiling: undefined }) as Tensor4D, rectified);
  });
});

test.each(Object.entries(cases))(
  'groupedConv2d, %s: kernelPullback is the transpose of the kernel’s part',
  async (_name, subject) => {
    const { plane, units, geometry } = subject;
    const other = tensorOf(kernelOf(subject, 8));
    await using(subject, { kernel: tensorOf(kernelOf(subject)) }, async (_network, operation) => {
      const kernel = operation.parameters['kernel'] as Tensor;
      const [found, expected] = tf.tidy(() => {
        const x = tensorOf(noise(plane, 1));
        const cotangent = tensorOf(noise(outputShape(plane, geometry, units), 2));
        const gradient = operation.kernelPullback?.(cotangent, { inputs: [x] }) as Tensor;
        const direction = tf.reshape(other, kernel.shape);
        const y = operation.forward([x], { kernel: direction });
        return [tf.sum(tf.mul(gradient, direction)), tf.sum(tf.mul(cotangent, y))];
      });
      await expectClose(found, expected, { tolerance: 1e-4 });
      tf.dispose([found, expected]);
    });
    other.dispose();
  },
);

const kinds: readonly (readonly [string, Case, boolean])[] = Object.entries(cases).flatMap(([name, subject]) =>
  [false, true].map((bias) => [`${name}, ${bias ? 'with' : 'without'} bias`, subject, bias] as const),
);

test.each(kinds)('groupedConv2d, %s: folding an affine map before or after it', async (_name, subject, hasBias) => {
  const { groups, plane, units, geometry } = subject;
  const unpadded: Case = { ...subject, geometry: { ...geometry, padding: 'valid' } };
  const bias = hasBias ? { bias: noiseTensor([units], 4) } : {};
  const maps = [plane[3], units].map((channels, i) => ({
    scale: noiseTensor([channels], 5 + i),
    shift: noiseTensor([channels], 15 + i),
  }));
  const mapOf =
    (i: number) =>
    (source: OperationSource): Operation =>
      affine(source, () => maps[i] as OperationParameters);
  const parameters = { kernel: tensorOf(kernelOf(subject)), ...bias };
  const network = operationNetwork(plane.slice(1), [
    ['before', mapOf(0)],
    ['grouped', (source) => groupedConv2d(source, { ...unpadded.geometry, groups }, () => parameters)],
    ['after', mapOf(1)],
  ]);
  const x = tensorOf(noise(plane, 1));
  const apart = tf.tidy(() => network.operations.reduce<Tensor>((value, operation) => operation.forward([value]), x));
  // Without a tap between them all three are one.
  const { y, cotangent, gradient } = passes(network, x);
  await expectClose(y, apart, { tolerance: 1e-4 });
  tf.dispose([x, apart, y, cotangent, gradient, parameters, maps]);
  network.dispose();
});

test.each(Object.entries(cases))('groupedConv2d, %s: parts of a picture', async (_name, subject) => {
  const parameters = { kernel: tensorOf(kernelOf(subject)), bias: noiseTensor([subject.units], 4) };
  await using(subject, parameters, async (network) => {
    const [, ...plane] = subject.plane;
    const x = noiseTensor([1, ...plane], 1) as Tensor4D;
    await expectParts(network, x);
    x.dispose();
  });
});
