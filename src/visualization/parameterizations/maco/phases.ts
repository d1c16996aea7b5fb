import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { frequencyTable, phaseShape } from '../fourier/frequencies.ts';
import { synthesisGradient, synthesized } from '../fourier/halfSpectrum.ts';
import type { PictureShape } from '../parameterization.ts';

/**
 * Numbers of each picture less their mean, through their standard deviation and ε: $y = (x - \bar x) / (\sigma + \varepsilon)$.
 *
 * @param x the pictures along the first axis.
 */
export function standardized<T extends Tensor>(x: T): T {
  const { centered, deviation } = moments(x);
  return tf.reshape(tf.div(centered, tf.add(deviation, EPSILON)), x.shape) as T;
}

/** The gradient of {@link standardized}: $(g - \bar g) / (\sigma + \varepsilon) - (x - \bar x)\, \overline{g (x - \bar x)} / (\sigma (\sigma + \varepsilon)^2)$. */
export function standardizationGradient<T extends Tensor>(cotangent: T, x: T): T {
  const { centered, deviation } = moments(x);
  const gradient = tf.reshape(cotangent, centered.shape);
  const scale = tf.add(deviation, EPSILON);
  const straight = tf.div(tf.sub(gradient, tf.mean(gradient, 1, true)), scale);
  const along = tf.mean(tf.mul(gradient, centered), 1, true);
  // Of numbers that are all alike the deviation has no slope.
  const slope = tf.divNoNan(along, tf.mul(deviation, tf.square(scale)));
  return tf.reshape(tf.sub(straight, tf.mul(centered, slope)), x.shape) as T;
}

function moments(x: Tensor): { readonly centered: Tensor; readonly deviation: Tensor } {
  const rows = tf.reshape(x, [x.shape[0] as number, -1]);
  const centered = tf.sub(rows, tf.mean(rows, 1, true));
  return { centered, deviation: tf.sqrt(tf.mean(tf.square(centered), 1, true)) };
}

const EPSILON = 1e-5;

/** Phases with the axis of pictures first, or with that of rows. */
export function exchanged(phases: Tensor4D): Tensor4D {
  const [first, second, channels, columns] = phases.shape;
  const lines: Tensor3D = tf.reshape(phases, [first, second, channels * columns]);
  return tf.reshape(tf.transpose(lines, [1, 0, 2]), [second, first, channels, columns]);
}

/** What {@link consistent} takes of each phase, and what of its mirror image. */
export function consistencyTables(shape: PictureShape): [kept: Tensor, mirrored: Tensor] {
  const [height, width] = shape.size;
  const isOwn = (k: number): boolean => k === 0 || 2 * k === width;
  const table = (valueAt: (u: number, k: number) => number): Tensor =>
    tf.tensor(frequencyTable(shape, valueAt), phaseShape(shape));
  return [
    table((u, k) => (isOwn(k) && (u <= 0 || 2 * u === height) ? 0 : 1)),
    table((u, k) => (isOwn(k) && u < 0 ? -1 : 0)),
  ];
}

/**
 * Phases that a real picture can have: of the columns that hold u and −u, 0 and w / 2, those of −u are the negatives of those
 * of u, and where both are the same the phase is 0. Without it such frequencies would lose a part of their magnitude.
 */
export function consistent(phases: Tensor4D, [kept, mirrored]: readonly Tensor[]): Tensor4D {
  return tf.add(tf.mul(phases, kept as Tensor), tf.mul(toNegative(phases), mirrored as Tensor));
}

/** The gradient of {@link consistent}. */
export function consistencyGradient(cotangent: Tensor4D, [kept, mirrored]: readonly Tensor[]): Tensor4D {
  return tf.add(tf.mul(cotangent, kept as Tensor), toPositive(tf.mul(cotangent, mirrored as Tensor)));
}

/** The rows of u > 0 in the place of those of −u; zeros elsewhere. */
function toNegative(phases: Tensor4D): Tensor4D {
  const [height, ...rest] = phases.shape;
  const below = Math.ceil(height / 2) - 1;
  if (below === 0) return tf.zerosLike(phases);
  const up = tf.slice(phases, [1, 0, 0, 0], [below, ...rest]);
  return tf.concat([tf.zeros([height - below, ...rest]), up], 0) as Tensor4D;
}

/** Its transpose. */
function toPositive(phases: Tensor4D): Tensor4D {
  const [height, ...rest] = phases.shape;
  const below = Math.ceil(height / 2) - 1;
  if (below === 0) return tf.zerosLike(phases);
  const down = tf.slice(phases, [height - below, 0, 0, 0], [below, ...rest]);
  return tf.concat([tf.zeros([1, ...rest]), down, tf.zeros([height - below - 1, ...rest])], 0) as Tensor4D;
}

/** The cosines and sines of phases. */
export type Waves = readonly [cosines: Tensor4D, sines: Tensor4D];

/** Both, which are slow on wasm and needed twice; of length 1, which those of GPUs have to three digits only. */
export function wavesOf(phases: Tensor4D): Waves {
  const [cosines, sines] = [tf.cos(phases), tf.sin(phases)];
  const length = tf.sqrt(tf.add(tf.square(cosines), tf.square(sines)));
  return [tf.div(cosines, length), tf.div(sines, length)];
}

/** What pictures of phases are made with. */
export interface PhaseIo {
  readonly magnitudes: Tensor;
  /** Of {@link synthesized}. */
  readonly tables: readonly Tensor[];
  readonly shape: PictureShape;
}

/** The pictures of magnitudes and phases: $\mathcal F^{-1}(r\, e^{i \varphi})$. */
export function ofPhases(waves: Waves, { magnitudes, tables, shape }: PhaseIo): Tensor4D {
  const parts = waves.map((wave) => tf.mul(wave, magnitudes));
  return synthesized(tf.concat(parts, 3), tables, shape);
}

/** The gradient of {@link ofPhases} with respect to the phases: $r\,(\cos\varphi\, g_I - \sin\varphi\, g_R)$. */
export function phaseGradient(cotangent: Tensor4D, [cosines, sines]: Waves, io: PhaseIo): Tensor4D {
  const [height, count, channels, columns] = cosines.shape;
  const spectrum = synthesisGradient(cotangent, io.tables, io.shape);
  const [real, imaginary] = [0, columns].map((from) =>
    tf.slice(spectrum, [0, 0, 0, from], [height, count, channels, columns]),
  ) as [Tensor4D, Tensor4D];
  return tf.mul(tf.sub(tf.mul(cosines, imaginary), tf.mul(sines, real)), io.magnitudes);
}
