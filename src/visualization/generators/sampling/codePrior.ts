import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { OpenShape } from '../../../network/graph/graph.ts';
import type { Network } from '../../../network/network.ts';
import type { Model } from '../../../network/types.ts';
import { withNetwork } from '../../../network/withNetwork.ts';
import { describe } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { View } from '../../transforms/transform.ts';
import type { Sampler } from './samplers.ts';
import type { Encoder } from './types.ts';

/** R(h) − h, in the caller's `tf.tidy`. */
export type CodePrior = (codes: Tensor, pictures: Tensor4D) => Tensor;

/** What priors are made of. */
export interface PriorOptions {
  readonly prior: Sampler['prior'];
  readonly denoiser?: Model | undefined;
  readonly encoder?: Encoder | undefined;
}

/** Runs a job with a prior of codes of a shape. */
export function withPrior<T>(
  options: PriorOptions,
  { shape, toModel }: { readonly shape: OpenShape; readonly toModel: (pictures: Tensor4D) => View },
  job: (prior: CodePrior) => Promise<T>,
): Promise<T> {
  if (options.prior === 'decay') return job((codes) => tf.neg(codes));
  if (options.prior === 'denoiser') {
    return withNetwork(given('denoiser', options.denoiser), (network) => job(denoising(network, shape)));
  }
  const { model, layer } = given('encoder', options.encoder);
  return withNetwork(model, (network) => job(encoding(network, layer, { shape, toModel })));
}

function denoising(network: Network, shape: OpenShape): CodePrior {
  const site = network.heads[0].site;
  assertShape('denoiser', network.inputs[0].shape, shape);
  assertShape('denoiser', site.shape, shape);
  return (codes) => tf.sub(network.forward([codes], { taps: [site] }).value(site), codes);
}

function encoding(
  network: Network,
  layer: string,
  { shape, toModel }: { readonly shape: OpenShape; readonly toModel: (pictures: Tensor4D) => View },
): CodePrior {
  const site = network.site(layer, 'encoder.layer');
  assertShape('encoder.layer', site.shape, shape);
  return (codes, pictures) =>
    tf.sub(network.forward([toModel(pictures).pictures], { taps: [site] }).value(site), codes);
}

function given<T>(argument: 'denoiser' | 'encoder', value: T | undefined): T {
  if (value !== undefined) return value;
  const expected = argument === 'denoiser' ? 'a model from codes to codes' : '{model, layer}';
  throw new VitrineError(
    'bad-argument',
    `"${argument}" expected ${expected} for the prior "${argument}", got ${describe(value)}`,
  );
}

function assertShape(argument: string, got: OpenShape, expected: OpenShape): void {
  const [a, b] = [got, expected].map((shape) => `[${shape.slice(1).join(', ')}]`);
  if (a === b) return;
  throw new VitrineError('bad-shape', `"${argument}" expected the shape of the generator's codes, ${b}, got ${a}`);
}
