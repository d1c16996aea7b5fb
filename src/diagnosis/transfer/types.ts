import type { LayersModel } from '@tensorflow/tfjs-layers';

/** How a model of {@link transferCurve} is trained. */
export interface TransferTraining {
  /** Of the order of examples, and of all else that is random. */
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/** A task that networks learn. */
export interface TransferTask {
  /**
   * Trains a model with a budget that is the same for each. It must leave weights that are not trainable as they are: a
   * model that is trained by tfjs is compiled here, not before.
   */
  readonly train: (model: LayersModel, how: TransferTraining) => void | Promise<void>;
  /** How well a model does on examples that it has not learnt from, such as its accuracy. */
  readonly score: (model: LayersModel, how: Pick<TransferTraining, 'signal'>) => number | Promise<number>;
}

/**
 * What becomes of the first n layers: copied from a network of task A or of task B and kept (`AnB`, `BnB`), copied and
 * trained on (`AnB+`, `BnB+`), or kept as random as they begin (`random`).
 */
export type TransferKind = 'AnB' | 'AnB+' | 'BnB' | 'BnB+' | 'random';

/** One network of a transfer curve. */
export interface TransferRow {
  /** `'base'` is a network that has learnt task B from the beginning. */
  readonly kind: TransferKind | 'base';
  /** The last layer that is copied or kept; none of `'base'`. */
  readonly layer: string | null;
  readonly seed: number;
  /** Of task B. */
  readonly score: number;
}

/** The scores of one kind at each cut, over seeds. */
export interface TransferSummary {
  readonly kind: TransferKind;
  /** `[layers]` */
  readonly mean: Float64Array;
  /** The least over seeds, `[layers]`. */
  readonly low: Float64Array;
  /** The greatest over seeds, `[layers]`. */
  readonly high: Float64Array;
}

/** How well layers of a network of one task serve another. */
export interface TransferCurve {
  /** The cuts, from the first layer on. */
  readonly layers: readonly string[];
  /** Networks that have learnt task B from the beginning, over seeds. */
  readonly base: { readonly mean: number; readonly low: number; readonly high: number };
  readonly curves: readonly TransferSummary[];
  /** All networks, in the order in which they were trained. */
  readonly rows: readonly TransferRow[];
}
