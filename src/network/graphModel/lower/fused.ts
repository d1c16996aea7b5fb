import type { Tensor } from '@tensorflow/tfjs-core';
import { VitrineError } from '../../../numeric/errors.ts';
import { channelVector } from '../../functions/constants.ts';
import { functions } from '../../functions/functions.ts';
import { lowerFunction } from '../../functions/lowerFunction.ts';
import type { OpenShape } from '../../graph/graph.ts';
import type { Operation } from '../../graph/operation.ts';
import { textsOf } from '../attributes.ts';
import { constantOf, type Known } from '../given.ts';
import { constantAt, type NodeCall, titleOf } from '../nodeCall.ts';
import { activations } from './elements.ts';

/** What a convolution or a dense layer does besides. */
export interface Fused {
  readonly bias: (() => Tensor) | undefined;
  readonly activation: readonly Operation[];
  readonly weights: readonly Known[];
}

/** The bias and the activation that the converter has fused into a node, for an output of this shape. */
export function fusedWith(call: NodeCall, shape: OpenShape): Fused {
  const [first, ...others] = textsOf(call.node, 'fused_ops');
  if (first === undefined) return { bias: undefined, activation: [], weights: [] };
  const biased = first === 'BiasAdd';
  const [name, ...more] = biased ? others : [first, ...others];
  if (more.length > 0)
    throw new VitrineError(
      'unsupported-layer',
      `${titleOf(call)} has fused ${[name, ...more].join(', ')}, which is not known`,
    );
  const bias = biased ? constantAt(call, 2) : undefined;
  const slopes = name === 'Prelu' ? constantAt(call, -1) : undefined;
  return {
    bias: bias && vectorOf(call, bias, shape),
    activation: name === undefined ? [] : fusedActivation(call, name, { shape, slopes }),
    weights: [bias, slopes].filter((weight): weight is Known => weight !== undefined),
  };
}

function vectorOf(call: NodeCall, bias: Known, shape: OpenShape): () => Tensor {
  if (bias.shape.length === 1) return bias.read;
  const vector = channelVector(constantOf(bias), { shape }, call.source);
  if (vector) return vector;
  throw new VitrineError(
    'bad-shape',
    `${titleOf(call)} expected a bias for each channel, got shape [${bias.shape.join(', ')}]`,
  );
}

/** An activation that is fused into a node, by TensorFlow's name. */
export function fusedActivation(
  call: NodeCall,
  name: string,
  { shape, slopes }: { shape: OpenShape; slopes?: Known | undefined },
): readonly Operation[] {
  const make = Object.hasOwn(activations, name) ? activations[name] : undefined;
  const fn = slopes ? functions.prelu() : make?.(call.node, 'leakyrelu_alpha');
  if (!fn) throw new VitrineError('unsupported-layer', `${titleOf(call)} has fused "${name}", which is not known`);
  return lowerFunction(fn, { source: call.source, operands: [{ shape }, ...(slopes ? [constantOf(slopes)] : [])] });
}
