import * as tf from '@tensorflow/tfjs-core';
import { VitrineError } from '../../../numeric/errors.ts';
import { functions } from '../../functions/functions.ts';
import { affine, batchNormalization } from '../../operations/affine.ts';
import { channelRegion } from '../../operations/base.ts';
import { layerNormalization } from '../../operations/layerNormalization.ts';
import { taped } from '../../operations/taped.ts';
import { flagOf, numberOf, textOf } from '../attributes.ts';
import type { GivenValue } from '../given.ts';
import {
  constantAt,
  inputAt,
  type Made,
  type NodeCall,
  type NodeLowering,
  plainValueAt,
  titleOf,
  valueAt,
} from '../nodeCall.ts';
import { fusedActivation } from './fused.ts';
import { channelsLast, isChannelsFirst, onPlane } from './windows.ts';

/** A batch normalisation that the converter did not fold. */
const batchNormal: NodeLowering = (call) => {
  const { node, source } = call;
  const x = valueAt(call, 0);
  if (flagOf(node, 'is_training')) return layerNormal(call, x);
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((input) => constantAt(call, input)) as Four;
  const weights = batchNormalization(source, numberOf(node, 'epsilon', 1e-4), () => ({
    gamma: gamma.read(),
    beta: beta.read(),
    mean: mean.read(),
    variance: variance.read(),
  }));
  const operation = affine(source, weights);
  return {
    operations: isChannelsFirst(call) ? onPlane(call, undefined, [operation]) : [operation],
    values: [x],
    shape: x.shape,
    view: x.view,
    weights: [gamma, beta, mean, variance],
  };
};

/** One with an activation. */
const activatedBatchNormal: NodeLowering = (call) => {
  const name = textOf(call.node, 'activation_mode', 'Identity');
  const normal = batchNormal(call);
  if (!('operations' in normal) || numberOf(call.node, 'num_side_inputs', 0) > 0) {
    throw new VitrineError('unsupported-layer', `${titleOf(call)} expected one input besides its statistics`);
  }
  const activation = name === 'Identity' ? [] : fusedActivation(call, name, { shape: normal.shape });
  return { ...normal, operations: [...normal.operations, ...activation], activated: activation.length > 0 };
};

/** Each sample by its own statistics: what Keras makes of a layer normalisation. */
function layerNormal(call: NodeCall, { value, shape, view }: GivenValue): Made {
  const isUnit = (input: number, number: number): boolean =>
    constantAt(call, input).lengths?.every((length) => length === number) === true;
  if (view?.kind !== 'samples' || !isChannelsFirst(call) || !isUnit(1, 1) || !isUnit(2, 0)) {
    throw new VitrineError(
      'unsupported-layer',
      `${titleOf(call)} normalises by the statistics of the batch, so that examples depend on each other`,
    );
  }
  const axes = shape.flatMap((_, axis) => (axis >= view.from ? [axis] : []));
  const operation = layerNormalization(call.source, { axes, epsilon: numberOf(call.node, 'epsilon', 1e-4) });
  return { operations: [operation], values: [{ value, shape }], shape, view };
}

type Four = [Constant, Constant, Constant, Constant];
type Constant = ReturnType<typeof constantAt>;

/** A number for each channel. */
const biasAdd: NodeLowering = (call) => {
  if (!isChannelsFirst(call)) return { fn: functions.add(), operands: [inputAt(call, 0), constantAt(call, 1)] };
  const x = plainValueAt(call, 0);
  const bias = constantAt(call, 1);
  channelsLast(call, x.shape);
  const scale = () =>
    call.source.store.derive(`${call.source.address}: ones`, [], () => tf.ones([bias.shape[0] as number]));
  const operation = affine(call.source, () => ({ scale: scale(), shift: bias.read() }));
  return { operations: onPlane(call, undefined, [operation]), values: [x], shape: x.shape, weights: [bias] };
};

/** Each value divided by a power of the squares of its neighbours among the channels. */
const localResponse: NodeLowering = (call) => {
  const { node, source } = call;
  const x = plainValueAt(call, 0);
  const [bias, alpha, beta] = [numberOf(node, 'bias', 1), numberOf(node, 'alpha', 1), numberOf(node, 'beta', 0.5)];
  const radius = numberOf(node, 'depth_radius', 5);
  const operation = taped('opaque', source, {
    forward: ([value]) => tf.localResponseNormalization(value as tf.Tensor4D, radius, bias, alpha, beta),
    region: channelRegion,
    applied: { name: 'localResponseNormalization', numbers: { radius, bias, alpha, beta } },
  });
  return { operations: [operation], values: [x], shape: x.shape };
};

/** Normalisation by stored statistics or by neighbours. */
export const normalizations: Readonly<Record<string, NodeLowering>> = {
  FusedBatchNorm: batchNormal,
  FusedBatchNormV2: batchNormal,
  FusedBatchNormV3: batchNormal,
  _FusedBatchNormEx: activatedBatchNormal,
  BiasAdd: biasAdd,
  BiasAddV1: biasAdd,
  LRN: localResponse,
};
