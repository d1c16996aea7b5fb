import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { axisOf } from '../functions/openShapes.ts';
import type { Layer, Variable } from '../graph/layersModel.ts';
import type { Operation, OperationKind } from '../graph/operation.ts';
import { elementwise, elu, normalizing, prelu, swish } from '../operations/activation.ts';
import type { OperationSource } from '../operations/base.ts';
import { rectifier, relu } from '../operations/relu.ts';
import { identity } from '../operations/shape.ts';
import { alongAxis } from './axes.ts';
import type { Lowering } from './lowering.ts';
import { isOwnActivation } from './ownLayers.ts';

/** An activation object of tfjs-layers. */
export interface Activation {
  apply(x: Tensor, axis?: number): Tensor;
  getClassName(): string;
}

const kinds: Readonly<Record<string, OperationKind>> = {
  elu: 'elu',
  selu: 'selu',
  sigmoid: 'sigmoid',
  hardSigmoid: 'hardSigmoid',
  softplus: 'softplus',
  softsign: 'softsign',
  tanh: 'tanh',
  gelu: 'gelu',
  gelu_new: 'gelu',
  mish: 'mish',
};

/** The operation of an activation that a layer applies to its output; none for a linear one. */
export function activationOperations(
  activation: Activation | null | undefined,
  source: OperationSource,
): readonly Operation[] {
  const name = activation?.getClassName() ?? 'linear';
  if (!activation || name === 'linear') return [];
  if (isOwnActivation(activation)) return activation.ownOperations(source);
  if (name === 'relu') return [relu(source)];
  if (name === 'relu6') return [relu(source, 6)];
  if (name === 'swish') return [swish(source)];
  const apply = (x: Tensor): Tensor => activation.apply(x);
  if (name === 'softmax' || name === 'logSoftmax') return [normalizing(name, source, apply)];
  return [elementwise(kinds[name] ?? 'opaque', source, apply)];
}

export const lowerActivation: Lowering<Layer & { activation: Activation }> = ({ activation }, { source }) => {
  const operations = activationOperations(activation, source);
  return operations.length === 0 ? [identity(source)] : operations;
};

export const lowerRelu: Lowering<Layer & { maxValue?: number | null }> = ({ maxValue }, { source }) => [
  relu(source, maxValue ?? undefined),
];

export const lowerLeakyRelu: Lowering<Layer & { alpha: number }> = ({ alpha }, { source }) => [
  rectifier(source, { slope: alpha }),
];

export const lowerPrelu: Lowering<Layer & { alpha: Variable }> = (layer, { source }) => [
  prelu(source, () => ({ alpha: layer.alpha.read() })),
];

export const lowerElu: Lowering = (_layer, { source }) => [elu(source)];

export const lowerThresholdedRelu: Lowering<Layer & { theta: number }> = ({ theta }, { source }) => [
  rectifier(source, { threshold: theta }),
];

export const lowerSoftmax: Lowering<Layer & { axis: number | readonly number[] }> = (
  layer,
  { source, inputShapes },
) => {
  const [axis, ...others] = [layer.axis].flat();
  const rank = inputShapes[0]?.length ?? 0;
  if (axis === undefined || others.length > 0) return undefined;
  // tfjs takes the softmax of the last axis alone.
  const softmax = normalizing('softmax', source, (x) => tf.softmax(x));
  return alongAxis({ axis: axisOf(axis, rank), rank }, source, [softmax]);
};
