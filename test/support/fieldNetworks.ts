import type { ListedLayer } from './layerList.ts';

type Others = Omit<Partial<ListedLayer>, 'inputs'>;

/** A 3 × 3 convolution with 'same' padding, or what `others` make of it. */
export function layer(name: string, read: string | readonly string[], others: Others = {}): ListedLayer {
  return { name, type: 'conv', inputs: [read].flat(), kernel: 3, padding: 'same', ...others };
}

/** Networks whose last layer is `out`, small enough to change every pixel of their input in turn. */
export const fieldNetworks: Readonly<Record<string, readonly ListedLayer[]>> = {
  'strides, dilation and pooling': [
    layer('a', 'input', { stride: 2 }),
    layer('b', 'a', { dilation: 2 }),
    layer('out', 'b', { type: 'maxpool', kernel: 2, stride: 2 }),
  ],
  'even kernels': [layer('a', 'input', { kernel: 4 }), layer('out', 'a', { kernel: 2, stride: 3 })],
  'padding, cropping and mean pooling': [
    layer('a', 'input', { type: 'zeropad', padding: margins(2, 1, 0, 3) }),
    layer('b', 'a', { padding: 'valid', kernel: [2, 3] }),
    layer('c', 'b', { type: 'crop', cropping: margins(1, 0, 2, 1) }),
    layer('out', 'c', { type: 'averagepool', stride: 2 }),
  ],
  'separable and depthwise convolutions': [
    layer('a', 'input', { type: 'separable', stride: 2 }),
    layer('out', 'a', { type: 'depthwise' }),
  ],
  'a residual block that strides': [
    layer('a', 'input', { stride: 2 }),
    layer('b', 'a'),
    layer('short', 'input', { kernel: 1, stride: 2 }),
    layer('out', ['b', 'short'], { type: 'merge' }),
  ],
  'branches of different width': [
    layer('a', 'input', { kernel: 1 }),
    layer('b', 'input', { kernel: 5 }),
    layer('c', 'input', { kernel: 2, dilation: 3 }),
    layer('out', ['a', 'b', 'c'], { type: 'merge' }),
  ],
  'up-sampling by two': [layer('a', 'input', { stride: 2 }), layer('out', 'a', { type: 'upsample', factor: 2 })],
  'up-sampling by three': [layer('a', 'input', { stride: 2 }), layer('out', 'a', { type: 'upsample', factor: 3 })],
  'bilinear up-sampling': [
    layer('a', 'input'),
    layer('out', 'a', { type: 'upsample', factor: 2, interpolation: 'bilinear' }),
  ],
  'up-sampling and a convolution': [
    layer('a', 'input', { stride: 2 }),
    layer('b', 'a', { type: 'upsample', factor: 2 }),
    layer('out', 'b'),
  ],
  'an hourglass with a skip': [
    layer('a', 'input', { padding: margins(1, 1, 1, 0) }),
    layer('b', 'a', { type: 'maxpool', kernel: 2, stride: 2 }),
    layer('c', 'b'),
    layer('d', 'c', { type: 'upsample', factor: 2 }),
    layer('out', ['a', 'd'], { type: 'merge' }),
  ],
  // Aligned at the corners, as tfjs-layers does it.
  'nearest resizing': [layer('out', 'input', { type: 'resize', size: [7, 16], interpolation: 'nearest' })],
  'bilinear resizing': [layer('out', 'input', { type: 'resize', size: [7, 16], interpolation: 'bilinear' })],
  'transposed convolution, odd kernel': [layer('out', 'input', { type: 'transposed', stride: 2 })],
  'transposed convolution, even kernel': [
    layer('a', 'input', { stride: 2 }),
    layer('out', 'a', { type: 'transposed', kernel: 4, stride: 2 }),
  ],
  'transposed convolution that pads nothing': [
    layer('out', 'input', { type: 'transposed', kernel: 5, stride: 3, padding: 'valid' }),
  ],
  'transposed convolution with gaps': [
    layer('out', 'input', { type: 'transposed', kernel: 2, stride: 3, padding: 'valid' }),
  ],
};

function margins(above: number, below: number, before: number, after: number): NonNullable<ListedLayer['cropping']> {
  return [
    [above, below],
    [before, after],
  ];
}
