import type { WindowGeometry } from '../../src/backend/kernels/geometry.ts';
import { at, type Block, outputShape, readings, zeros } from './windows.ts';

/** A convolution with a kernel [rows, columns, in, out]. */
export function conv(input: Block, kernel: Block, geometry: WindowGeometry): Block {
  const output = zeros(outputShape(input.shape, geometry, kernel.shape[3]));
  eachTap({ inputShape: input.shape, kernel, geometry }, ({ pixel, weights, result }, outputs) => {
    const x = input.data[pixel] as number;
    for (let k = 0; k < outputs; k++) addTo(output, result + k, x * (kernel.data[weights + k] as number));
  });
  return output;
}

/** The gradient of a convolution with respect to its input. */
export function convInputGradient(
  cotangent: Block,
  kernel: Block,
  { inputShape, geometry }: { inputShape: Block['shape']; geometry: WindowGeometry },
): Block {
  const gradient = zeros(inputShape);
  eachTap({ inputShape, kernel, geometry }, ({ pixel, weights, result }, outputs) => {
    for (let k = 0; k < outputs; k++) {
      addTo(gradient, pixel, (cotangent.data[result + k] as number) * (kernel.data[weights + k] as number));
    }
  });
  return gradient;
}

/** Where a number of the input, the weights that it meets, one for each output channel, and what they make begin. */
interface Meeting {
  readonly pixel: number;
  readonly weights: number;
  readonly result: number;
}

/** Every number of the input meets every row of weights that passes over it. */
function eachTap(
  { inputShape, kernel, geometry }: { inputShape: Block['shape']; kernel: Block; geometry: WindowGeometry },
  visit: (meeting: Meeting, outputs: number) => void,
): void {
  const [batch, rows, columns, inputs] = inputShape;
  const outputs = kernel.shape[3];
  const result = { shape: outputShape(inputShape, geometry, outputs) };
  for (const { from, tap, to } of readings([rows, columns], geometry)) {
    for (let n = 0; n < batch; n++) {
      const pixel = at({ shape: inputShape }, [n, ...from, 0]);
      const weights = at(kernel, [...tap, 0, 0]);
      const first = at(result, [n, ...to, 0]);
      for (let c = 0; c < inputs; c++) {
        visit({ pixel: pixel + c, weights: weights + c * outputs, result: first }, outputs);
      }
    }
  }
}

function addTo(block: Block, i: number, value: number): void {
  block.data[i] = (block.data[i] as number) + value;
}

/** A depthwise convolution with a kernel [rows, columns, in, multiplier]. */
export function depthwiseConv(input: Block, kernel: Block, geometry: WindowGeometry): Block {
  const output = zeros(outputShape(input.shape, geometry, kernel.shape[2] * kernel.shape[3]));
  eachProduct({ inputShape: input.shape, kernel, geometry }, (from, tap, [n, y, x, m]) => {
    const to: Place = [n, y, x, from[3] * kernel.shape[3] + m];
    add(output, to, number(input, from) * number(kernel, tap));
  });
  return output;
}

/** The gradient of a depthwise convolution, whose kernel is [rows, columns, in, multiplier], with respect to its input. */
export function depthwiseInputGradient(
  cotangent: Block,
  kernel: Block,
  { inputShape, geometry }: { inputShape: Block['shape']; geometry: WindowGeometry },
): Block {
  const gradient = zeros(inputShape);
  eachProduct({ inputShape, kernel, geometry }, (from, tap, [n, y, x, m]) => {
    const to: Place = [n, y, x, from[3] * kernel.shape[3] + m];
    add(gradient, from, number(cotangent, to) * number(kernel, tap));
  });
  return gradient;
}

type Place = readonly [number, number, number, number];

/** Every number of the input meets every tap of the kernel that passes over it. */
function eachProduct(
  { inputShape, kernel, geometry }: { inputShape: Block['shape']; kernel: Block; geometry: WindowGeometry },
  visit: (from: Place, tap: Place, to: Place) => void,
): void {
  const [batch, rows, columns] = inputShape;
  const [, , inputs, outputs] = kernel.shape;
  for (const { from, tap, to } of readings([rows, columns], geometry)) {
    for (let n = 0; n < batch; n++) {
      for (let c = 0; c < inputs; c++) {
        for (let k = 0; k < outputs; k++) visit([n, ...from, c], [...tap, c, k], [n, ...to, k]);
      }
    }
  }
}

function number(block: Block, place: Place): number {
  return block.data[at(block, place)] as number;
}

function add(block: Block, place: Place, value: number): void {
  const i = at(block, place);
  block.data[i] = (block.data[i] as number) + value;
}
