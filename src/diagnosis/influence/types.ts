import type { OutputChoice } from '../../network/heads/chosenOutput.ts';
import type { Input, RunOptions } from '../../network/types.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import type { PerExample } from '../classified.ts';
import type { Checkpoint } from './allLayers/checkpoints.ts';
import type { LayerDamping } from './allLayers/curvature.ts';
import type { LabelSamples } from './allLayers/labelSeeds.ts';
import type { LissaSettings } from './head/types.ts';

/** Images of classes, of a model of any inputs. */
export interface LabelledExamples {
  /** A batch in the shape of the model's input. */
  readonly images: Input;
  /** The class of each image. */
  readonly labels: PerExample;
}

/** How influence is found. */
export type InfluenceMethod = 'exact' | 'cg' | 'lissa' | 'representer' | 'tracIn' | 'ekfac';

/** The options of {@link influence} and {@link selfInfluence}. */
export interface InfluenceOptions extends RunOptions {
  /** The weights that examples have influence on: of the last dense layer, of all layers, or of some, by address; `'head'` by default. */
  readonly parameters?: 'head' | 'all' | readonly string[];
  /** `'exact'` for the head by default, else `'ekfac'`. */
  readonly method?: InfluenceMethod;
  /** λ: the penalty λ/2 of the sum of the squares of the head's weights, its bias too; 0.001 by default. */
  readonly penalty?: number;
  /** What is added to each eigenvalue besides; 0 by default, with `'ekfac'` a tenth of the mean eigenvalue of each layer. */
  readonly damping?: number;
  /** Whether the head is first brought to the optimum of its penalized loss; the model keeps its own; false by default. */
  readonly refit?: boolean;
  /** How LiSSA goes; by a scale of its own over all examples by default. */
  readonly lissa?: LissaSettings;
  /** Weights of the model during its training, of TracIn; of the head it takes those of now by default. */
  readonly checkpoints?: readonly Checkpoint[];
  /** Labels drawn from the model for each example by EK-FAC, or `'all'` of them as they are probable; 1 by default. */
  readonly samples?: LabelSamples;
  /** Which output of the model has the classes, and whether it holds logits; the first by default. */
  readonly output?: OutputChoice;
  /** Of what is drawn; 0 by default. */
  readonly seed?: number;
}

/** What makes values doubtful. */
export interface InfluenceWarning {
  readonly kind: 'notOptimal' | 'strongDamping' | 'leftOut';
  readonly text: string;
}

/** What every estimate of influence tells of itself. */
export interface InfluenceReport {
  readonly method: InfluenceMethod;
  /** The damping of each layer, beside the mean eigenvalue of its curvature; none for products of gradients. */
  readonly damping: readonly LayerDamping[];
  /** The length of the gradient of the penalized mean loss by the head's weights, as a share of that of one example's loss. */
  readonly gradientShare: number | undefined;
  /** The length of LiSSA's vector after each step, of each run. */
  readonly traces: readonly Float64Array[];
  readonly warnings: readonly InfluenceWarning[];
}

/** What leaving out training examples would do. */
export interface Influence extends InfluenceReport {
  /**
   * By how much the loss of each test example would change if a training example were left out, `[t, n]`: above 0 it would
   * rise, so the example is helpful; below 0 it would fall, so the example is harmful.
   */
  readonly lossChangeIfRemoved: NdArray;
  /** The loss of each training example. */
  readonly trainingLosses: Float32Array;
  /** The loss of each test example. */
  readonly testLosses: Float32Array;
}

/** What each training example does for itself. */
export interface SelfInfluence extends InfluenceReport {
  /** By how much the loss of each example would rise if it were left out, `[n]`. */
  readonly values: Float32Array;
  /** The loss of each, which finds wrong labels as well. */
  readonly losses: Float32Array;
}

/** Features of examples, and the class of each. */
export interface FeatureExamples {
  /** `[n, d]` */
  readonly features: NdArray<TypedArray>;
  readonly labels: PerExample;
}
