import type { RunOptions } from '../../../network/types.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import type { Direction } from '../../../scoring/types.ts';

/** Options of {@link fitSparseCodes}. */
export interface SparseCodesOptions extends RunOptions {
  /** The number of codes: more than there are units as a rule. */
  readonly size: number;
  /** How many codes a vector is made of at most. */
  readonly active: number;
  /** The number of steps; 3000 by default. */
  readonly steps?: number;
  /** Of Adam; 0.002 by default. */
  readonly learningRate?: number;
  /** Of the start and of the vectors that are drawn; 0 by default. */
  readonly seed?: number;
}

/** Options of {@link fitSparseCodes} where activations are read from a model. */
export interface LayerSparseCodesOptions extends SparseCodesOptions {
  /** The address of the layer. */
  readonly layer: string;
  /** How many positions of each image are learnt from, drawn at random; all by default. */
  readonly samples?: number;
}

/** What turns vectors into sparse codes and back. */
export interface SparseEncoding {
  /** How many codes a vector is made of at most. */
  readonly active: number;
  /** $W_e$, `[size, units]`. */
  readonly encoder: NdArray;
  /** b, `[size]`. */
  readonly encoderBias: Float32Array;
  /** $W_d^T$, a direction of unit length for each code, `[size, units]`. */
  readonly decoder: NdArray;
  /** $b_p$, `[units]`. */
  readonly bias: Float32Array;
}

/** What a top-k sparse autoencoder has learnt. */
export interface SparseCodes extends SparseEncoding {
  /** The share of the activations' variance that the codes account for. */
  readonly explainedVariance: number;
  /** The share of all vectors that each code is used for, `[size]`. */
  readonly rates: Float64Array;
  /** How many codes are never used. */
  readonly dead: number;
  /** What was minimised in each step, as a share of the variance, `[steps]`. */
  readonly losses: Float64Array;
}

/** The same of a layer. */
export interface LayerSparseCodes extends SparseCodes {
  readonly layer: string;
  /** The rows of `decoder`. */
  readonly directions: readonly Direction[];
}
