import type { Tensor, Tensor5D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { type Definition, weightsOf } from './definition.ts';

interface Windowed extends layers.Layer {
  readonly dataFormat: 'channelsFirst' | 'channelsLast';
  readonly padding: 'same' | 'valid';
  readonly strides: [number, number, number];
  readonly kernelSize?: number[];
  readonly poolSize?: number[];
  readonly activation: { apply(x: Tensor): Tensor } | null;
}

/**
 * What 3-D windows read whose strides are longer than they are: from the first place on, and nothing behind the last
 * window. tfjs pads by what is missing, also where that is negative, so that its windows begin at the second place.
 */
const onWhatIsRead: Definition = (layer, [x]) => {
  const { padding, strides, dataFormat, kernelSize, poolSize } = layer as Windowed;
  const size = kernelSize ?? (poolSize as number[]);
  if (padding === 'valid' || !strides.some((stride, i) => stride > (size[i] as number))) return undefined;
  const first = dataFormat === 'channelsFirst' ? 2 : 1;
  const read = (x as Tensor).shape.map((length, axis) => {
    const [stride, window] = [strides[axis - first], size[axis - first]];
    if (stride === undefined || window === undefined) return length;
    return Math.min(length, (Math.ceil(length / stride) - 1) * stride + window);
  });
  return [
    layer.apply(
      tf.slice(
        x as Tensor,
        (x as Tensor).shape.map(() => 0),
        read,
      ),
    ) as Tensor,
  ];
};

/** The same of a transposed convolution: the places of a stride that its window does not reach get nothing. */
const transposed: Definition = (layer, [x]) => {
  const { padding, strides, dataFormat, kernelSize, activation } = layer as Windowed;
  const size = kernelSize as number[];
  if (padding === 'valid' || !strides.some((stride, i) => stride > (size[i] as number))) return undefined;
  const { kernel, bias } = weightsOf(layer);
  const longer = strides.map((stride, i) => [0, Math.max(stride - (size[i] as number), 0)]);
  const wide = tf.pad(kernel as Tensor, [...longer, [0, 0], [0, 0]] as [number, number][]) as Tensor5D;
  const isFirst = dataFormat === 'channelsFirst';
  const last = (isFirst ? tf.transpose(x as Tensor, [0, 2, 3, 4, 1]) : x) as Tensor5D;
  const shape = [0, 1, 2].map((i) => (last.shape[i + 1] as number) * (strides[i] as number));
  const output = [last.shape[0], ...shape, wide.shape[3]] as Tensor5D['shape'];
  const made = tf.add(tf.conv3dTranspose(last, wide, output, strides, 'same'), bias ?? 0);
  const moved = isFirst ? tf.transpose(made, [0, 4, 1, 2, 3]) : made;
  return [activation?.apply(moved) ?? moved];
};

export const volumes: Readonly<Record<string, Definition>> = {
  Conv3D: onWhatIsRead,
  MaxPooling3D: onWhatIsRead,
  AveragePooling3D: onWhatIsRead,
  Conv3DTranspose: transposed,
};
