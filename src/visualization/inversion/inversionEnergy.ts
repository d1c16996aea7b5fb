import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Site } from '../../network/graph/graph.ts';
import { signalAt } from '../../network/walk/signals.ts';
import { magnitude, type Penalty, squaredDistance, steepness } from '../../optimization/penalties.ts';
import type { Viewer } from '../ascent/scoredPictures.ts';

/** What keeps an inversion near to natural images. */
export interface InversionPrior {
  /** λ of the total variation. */
  readonly smoothness: number;
  /** β, the exponent of the total variation, at least 1. */
  readonly beta: number;
  /** λ of the norm. */
  readonly normWeight: number;
  /** α, the exponent of the norm, at least 1. */
  readonly normExponent: number;
}

/** What is inverted. */
export interface InvertedFeatures {
  readonly site: Site;
  /** Φ₀ `[b, …]` */
  readonly target: Tensor;
  /** M `[1, …]` */
  readonly mask: Tensor;
  /** σ_y² = ‖M ∘ Φ₀‖² of each example, `[b]`. */
  readonly squaredNorm: Tensor1D;
}

/** The energy of images in one step. */
export interface EvaluatedEnergy {
  /** E of each, `[b]`. */
  readonly energy: Tensor1D;
  /** ‖M ∘ (Φ − Φ₀)‖² / σ_y² of each, `[b]`. */
  readonly error: Tensor1D;
  /** Of σ_x² E by the pixels. */
  readonly gradient: Tensor;
}

/**
 * The energy of images in units of 0…255 less a centre, in the caller's `tf.tidy`:
 *
 * $$ E = \|M \odot (\Phi - \Phi_0)\|^2 / \sigma_y^2 + (\lambda_{TV}/2 \cdot R_{TV} + \lambda_\alpha/2 \cdot \sum |x|^\alpha) / \sigma_x^2 $$
 */
export function inversionEnergy(
  pixels: Tensor4D,
  { viewer, features, prior, center, pixelNorm }: EnergyTerms,
): EvaluatedEnergy {
  const { error, gradient } = featureError(viewer, features, tf.div(tf.add(pixels, center), 255) as Tensor4D);
  const rule = priorOf(pixels, prior);
  return {
    energy: tf.add(error, tf.div(rule.value, pixelNorm ** 2)),
    error,
    gradient: tf.add(tf.mul(gradient, pixelNorm ** 2 / 255), rule.gradient),
  };
}

/** What an energy is made of. */
export interface EnergyTerms {
  readonly viewer: Viewer;
  readonly features: InvertedFeatures;
  readonly prior: InversionPrior;
  /** What is subtracted of pixels, `[c]`. */
  readonly center: Tensor1D;
  /** σ_x */
  readonly pixelNorm: number;
}

function featureError(
  { network, toModel }: Viewer,
  { site, target, mask, squaredNorm }: InvertedFeatures,
  pictures: Tensor4D,
): { error: Tensor1D; gradient: Tensor4D } {
  const view = toModel(pictures);
  const input = network.inputs[0];
  const record = network.forward([view.pictures], { taps: [site], differentiate: { to: [input] } });
  const distance = squaredDistance(record.value(site), target, mask);
  const perExample = tf.reshape(squaredNorm, [-1, ...target.shape.slice(1).map(() => 1)]);
  const seeds = new Map([[site, tf.div(distance.gradient, perExample)]]);
  const gradient = signalAt(record.backward(seeds, { to: [input] }), input) as Tensor4D;
  return { error: tf.div(distance.value, squaredNorm), gradient: view.pullback(gradient) };
}

function priorOf(pixels: Tensor4D, { smoothness, beta, normWeight, normExponent }: InversionPrior): Penalty {
  const [edges, size] = [steepness(pixels, beta), magnitude(pixels, normExponent)];
  const weighted = <T extends Tensor>(ofEdges: T, ofSize: T): T =>
    tf.add(tf.mul(ofEdges, smoothness / 2), tf.mul(ofSize, normWeight / 2));
  return { value: weighted(edges.value, size.value), gradient: weighted(edges.gradient, size.gradient) };
}
