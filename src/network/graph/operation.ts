import type { Tensor } from '@tensorflow/tfjs-core';
import type { Position } from '../../backend/kernels/cropRegions.ts';

/** The primitive operations a model is compiled to. */
export type OperationKind =
  | 'conv2d'
  | 'depthwiseConv2d'
  | 'conv2dTranspose'
  | 'conv3d'
  | 'conv3dTranspose'
  | 'dense'
  | 'affine'
  | 'relu'
  | 'leakyRelu'
  | 'prelu'
  | 'elu'
  | 'selu'
  | 'sigmoid'
  | 'hardSigmoid'
  | 'tanh'
  | 'softplus'
  | 'softsign'
  | 'swish'
  | 'hardSwish'
  | 'gelu'
  | 'mish'
  | 'thresholdedRelu'
  | 'activation'
  | 'elementwise'
  | 'softmax'
  | 'logSoftmax'
  | 'maxPool'
  | 'averagePool'
  | 'globalMaxPool'
  | 'globalAveragePool'
  | 'layerNormalization'
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'average'
  | 'maximum'
  | 'minimum'
  | 'concatenate'
  | 'reshape'
  | 'permute'
  | 'repeat'
  | 'pad'
  | 'crop'
  | 'slice'
  | 'resize'
  | 'embedding'
  | 'identity'
  | 'opaque';

/** The weights of an operation by name: `kernel`, `bias`, `scale`, `shift`, … */
export type OperationParameters = Readonly<Record<string, Tensor>>;

/** What an operation saw on the forward walk; reading what was not kept throws. */
export interface OperationIo {
  /** The shapes of the inputs, batch axis included: always known. */
  readonly inputShapes: readonly (readonly number[])[];
  /** The inputs, where the rule or the operation says that it needs them. */
  readonly inputs: readonly Tensor[];
  /** The output, where the rule or the operation says that it needs it. */
  readonly output: Tensor;
}

/** A window of an image plane, ends excluded; it may reach over the border. */
export interface OperationRegion {
  readonly rows: readonly [number, number];
  readonly columns: readonly [number, number];
}

/** What can be kept of an operation for the backward walk. */
export type KeptValues = 'inputs' | 'output';

/** A ReLU that a linear operation computes on the way out. */
export interface FusedActivation {
  /** 6 for ReLU6. */
  readonly ceiling: number | undefined;
}

/**
 * What weights meet and feed, for each group of channels, example and position: the gradient of an example by the weights
 * of a group is $\sum_p m_p f_p^T$. Where there is a bias, the last of what they meet is a 1.
 */
export interface GradientFactors {
  /** `[groups, n, positions, k]` */
  readonly met: Tensor;
  /** The cotangents that arrive there, `[groups, n, positions, o]`, for each stream of them. */
  readonly fed: readonly Tensor[];
}

/** A window of an operation's output, in each row of a batch. */
export interface Part {
  /** The first row and column of the window, for each row of the batch. */
  readonly at: readonly Position[];
  readonly size: readonly [rows: number, columns: number];
  /** The shapes of the whole inputs, batch axis included. */
  readonly inputShapes: readonly (readonly number[])[];
}

/** An operation on parts of its inputs. */
export interface PartialForward {
  /** What it takes for the values beyond the border of an input. */
  readonly beyond: number;
  /** The part of the output, from the regions of the inputs that {@link Operation.region} names for it. */
  run(inputs: readonly Tensor[], part: Part, activation?: FusedActivation): Tensor;
}

/** A function with the numbers that it was given. */
export interface AppliedFunction {
  readonly name: string;
  readonly numbers?: Readonly<Record<string, number>>;
}

/** What a normalisation takes mean and variance over, and what it adds to the variance. */
export interface LayerMoments {
  /** The axes that have one mean and variance together; from the back where they are negative. */
  readonly axes: readonly number[];
  readonly epsilon: number;
  /** Whether the mean counts as 0: then the values are divided by their root mean square alone. */
  readonly aboutZero?: boolean | undefined;
}

/** One primitive operation of a compiled model. */
export interface Operation {
  readonly kind: OperationKind;
  /** The address of the layer it comes from; a layer can make several operations. */
  readonly address: string;
  /** The class of that layer, for messages. */
  readonly layerClass: string;
  /** The live weights, as the model has them now. */
  readonly parameters: OperationParameters;
  /** What {@link Operation.pullback} reads of the forward walk. */
  readonly needs: readonly KeptValues[];
  /** Whether it multiplies its input with a kernel: the layers that LRP calls linear. */
  readonly linear: boolean;
  /** Which function it is, where the kind does not tell: what patterns of operations are told by. */
  readonly applied?: AppliedFunction | undefined;
  /** The largest value of a clipped ReLU. */
  readonly ceiling?: number;
  /** Of what is normalised by the moments of each example. */
  readonly moments?: LayerMoments;
  /** How a resize makes values between those it reads. */
  readonly interpolation?: 'nearest' | 'bilinear';
  /** Whether it keeps the values and only moves them: reshape, flatten, identity. */
  readonly routing?: boolean;
  /** How the current backend computes it, in words, where there is a choice: `Winograd F(2×2)`, `products`, `tfjs`. */
  readonly method?: string;
  /** How many of the first axes are the batch's, 1 by default: one more where it is applied to each frame of a sequence. */
  readonly batchAxes?: number;
  /** The output; an operation with {@link Operation.fuses} can apply a ReLU at once. */
  forward(inputs: readonly Tensor[], parameters?: OperationParameters, activation?: FusedActivation): Tensor;
  /** Whether {@link Operation.forward} can apply this ReLU. */
  fuses?(activation: FusedActivation): boolean;
  /** The exact vector-Jacobian product, one per input; missing where an input has no gradient. */
  pullback(cotangent: Tensor, io: OperationIo, parameters?: OperationParameters): readonly Tensor[];
  /** The same for the kernel, summed over rows and positions: the moments of what its weights meet. */
  kernelPullback?(cotangent: Tensor, io: Pick<OperationIo, 'inputs'>): Tensor;
  /**
   * What its weights meet and feed, for gradients of single examples; missing where it has none, or others than a kernel
   * and a bias for each channel.
   *
   * @internal
   */
  readonly gradientFactors?:
    | ((cotangents: readonly Tensor[], io: Pick<OperationIo, 'inputs'>) => readonly GradientFactors[])
    | undefined;
  /** What a region of the output depends on, per input. */
  region(output: OperationRegion, inputShapes: readonly (readonly number[])[]): readonly (OperationRegion | 'all')[];
  /**
   * How it makes a part of its output; missing where it needs its inputs whole.
   *
   * @internal
   */
  readonly partial?: PartialForward | undefined;
  /** The same operation with other weights. */
  withParameters(parameters: () => OperationParameters): Operation;
  /** The same operation followed by an affine map of its channels, as one. */
  absorb?(affine: Operation): Operation;
  /** The same operation on what an affine map of the channels gives, as one; missing where zeros are padded between. */
  absorbInput?(affine: Operation): Operation;
  /** What `make` makes of the kernel or the bias, kept under this name as long as the weights stay; linear operations have it. */
  derive?(name: string, make: (weight: Tensor) => Tensor, of?: 'kernel' | 'bias'): Tensor;
}
