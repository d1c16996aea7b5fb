import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayerPosition } from '../network/graph/site.ts';
import type { Input, Model, OutputMeaning, RunOptions, Scale } from '../network/types.ts';
import type { NdArray, TypedArray } from '../numeric/ndarray.ts';
import type { Random } from '../numeric/random.ts';

/** One unit of a layer: a channel of a spatial layer, or an element of a dense one. */
export interface UnitTarget {
  /** The address of the layer, `outer/inner` for a layer of a nested model, `name#1` for the second call of a shared one, `name@preactivation` before its activation. */
  readonly layer: string;
  /** Index on the last axis. */
  readonly unit: number;
  /**
   * Row and column of a plane, depth, row and column of a volume (the frame before what is within it), the index in a
   * sequence or a list of boxes; the one in the middle, of even lengths the one behind it; or how the positions are reduced;
   * `'mean'` by default. Left out for dense layers.
   */
  readonly position?: LayerPosition | 'center' | 'max' | 'mean' | 'sum';
}

/** A concept as a direction among the units of a layer. */
export interface Direction {
  /** The address of the layer, as in {@link UnitTarget}. */
  readonly layer: string;
  /** One number for each unit of the layer. */
  readonly vector: Float32Array | readonly number[];
}

/** A direction as what is explained: ⟨a, v⟩ of the activations a of a layer, so that a unit is a vector with a single 1. */
export interface DirectionTarget extends Direction {
  /** As in {@link UnitTarget}: a place, or how the products of all places are reduced; `'mean'` by default. */
  readonly position?: UnitTarget['position'];
}

/** Two classes, or a class and all the others, against each other. */
export interface ContrastTarget {
  readonly class: number | readonly number[] | Int32Array;
  /** The class whose score is subtracted; `'rest'` subtracts the mean of all other scores. */
  readonly minus: number | readonly number[] | Int32Array | 'rest';
}

/** A target on one output of a model with several. */
export interface OutputTarget {
  /** Position in `model.outputs`, or the name of the layer that makes the output. */
  readonly output: number | string;
  readonly target: Target;
}

/** A differentiable score `[n]` of the raw outputs; `example[i]` is the example that row `i` comes from. */
export type ScoreFunction = (outputs: readonly [Tensor, ...Tensor[]], example: Int32Array) => Tensor;

/** A score of the outputs of any layers: an objective over what the network makes on its way. */
export interface LayersTarget {
  /** The addresses of the layers, as in {@link UnitTarget}. */
  readonly layers: readonly string[];
  /** A differentiable score `[n]` of their outputs, in the same order; `example[i]` is the example that row `i` comes from. */
  readonly score: ScoreFunction;
}

/** The score of a class over a region of a segmentation, an output `[n, h, w, classes]`. */
export interface MaskTarget {
  /** The class, or one per example. */
  readonly class: number | readonly number[] | Int32Array;
  /** The region, `[h, w]` for all examples or `[n, h, w]` (of volumes `[d, h, w]` or `[n, d, h, w]`); what is not zero is inside. */
  readonly mask: NdArray<TypedArray>;
  /** Whether the scores inside are averaged, as by default, or summed. */
  readonly reduce?: 'mean' | 'sum';
}

/** The score of a class for one box of a detector, an output `[n, boxes, classes]`. */
export interface BoxTarget {
  /** Index of the box. */
  readonly box: number;
  /** The class, or one per example. */
  readonly class: number | readonly number[] | Int32Array;
}

/**
 * The scalar that is explained: `'predicted'` (each example's top class, the default), a class or one per example (a result's `target`),
 * a contrast of classes, a unit, a direction among the units of a layer, a class over a region or for a box (`targets.mask`,
 * `targets.box`), a target on one of several outputs, or any differentiable score of the outputs or of any layers.
 */
export type Target =
  | 'predicted'
  | number
  | readonly number[]
  | Int32Array
  | ContrastTarget
  | UnitTarget
  | DirectionTarget
  | MaskTarget
  | BoxTarget
  | OutputTarget
  | ScoreFunction
  | LayersTarget;

/** What every attribution method accepts. */
export interface ExplainOptions extends RunOptions {
  /** What is explained; the class that each example is predicted to be by default. */
  readonly target?: Target;
  /** What class scores are measured in; each method says its default, which is that of outputs that have it. */
  readonly scale?: Scale;
  /** What the explained output holds, where the model does not tell; what `compile` was told by default. */
  readonly output?: OutputMeaning;
  /** Of every random choice; 0 by default. */
  readonly seed?: number;
}

/** What an attribution explains. */
export interface ExplainedScore {
  /** The target with the predicted classes filled in; `'function'` where no plain data says it. */
  readonly target: Exclude<Target, ScoreFunction | LayersTarget> | 'function';
  /** What class scores were measured in; `'logit'` also of values that are explained as they are. */
  readonly scale: Scale;
}

/** What an attribution method returns: plain data. */
export interface Attribution {
  /**
   * Signed and unnormalised: of the input's or the layer's shape `[n, …]`, or `[n, h, w]` for CAMs, masks and segments
   * (`[n, d, h, w]` of volumes and frames).
   */
  readonly values: NdArray;
  /** Said of `values` `[n, d, h, w]` of the planes of volumes or of frames; four axes are `[n, h, w, c]` else. */
  readonly layout?: 'ndhw';
  readonly method: string;
  /** The class explained per example; `null` where the target is no class. */
  readonly target: Int32Array | null;
  /** The explained score F(x) per example. */
  readonly score: Float32Array;
  /** What was explained. */
  readonly explained: ExplainedScore;
  /** Per example Σ values − (F(x) − F(baseline)), where the method promises completeness. */
  readonly delta?: Float32Array;
  readonly layer?: string;
  /** One map per input of a model with several inputs; `values` is the first. */
  readonly inputs?: readonly NdArray[];
  /** Of several inputs, each one's part of the sum of all magnitudes, `[n, inputs]`. */
  readonly shares?: NdArray;
}

/** An attribution of segments; `values` paints them: `[n, h, w]`, or the input's shape where it has no space. */
export interface SegmentAttribution extends Attribution {
  /** The value of each segment, `[n, s]`; zeros after the segments of examples that have fewer. */
  readonly segmentValues: NdArray;
}

/** Every attribution method, and every composition of methods. */
export type Explainer<O = object, R extends Attribution = Attribution> = (
  model: Model,
  x: Input,
  options?: ExplainOptions & O,
) => Promise<R>;

/**
 * What a removed, hidden or reference input looks like; a list for several inputs. `'mean'`: per channel of the example;
 * `'blur'`: the example blurred, volumes along their depth too; `'uniform'`: seeded noise over the example's range.
 */
export type Baseline =
  | 'zero'
  | 'mean'
  | 'blur'
  | 'uniform'
  | number
  | NdArray
  | Tensor
  | ((x: Tensor, random: Random) => Tensor);
