import {
  type Check,
  callback,
  kind,
  listOf,
  type OptionChecks,
  oneOf,
  required,
  share,
  text,
} from '../numeric/options.ts';
import { type LayerReadingOptions, layerReadingChecks } from '../readings/labelledReadings.ts';
import { conceptList, properShare } from './counting/checks.ts';
import type { ByteStore } from './stages/byteStore.ts';
import type { Concept } from './types.ts';

/** How layers of a network are dissected. */
export interface DissectOptions<L extends string = string> extends DissectionOptions, LayerReadingOptions<L> {
  /**
   * Where to keep what may reach above a threshold, about a tenth of all activations, in bytes: the network then runs
   * once in place of twice. A `Map` keeps it in memory, `folderStore` of `vitrine/node` on the disk.
   */
  readonly spill?: ByteStore;
}

/** How units are dissected, wherever their activations come from. */
export interface DissectionOptions {
  /** What the numbers of labels stand for. */
  readonly concepts: readonly Concept[];
  /** The categories in the order of the tables; by default in order of first appearance. */
  readonly categories?: readonly string[];
  /** The share of values above a unit's threshold, τ; 0.005 by default. */
  readonly quantile?: number;
  /** The IoU above which a unit is a detector; 0.04 by default. */
  readonly threshold?: number;
  /** Of which values the quantile is taken: of the activations (the default), or of these resized to the labels. */
  readonly quantileOn?: 'raw' | 'upsampled';
  /**
   * What is kept for the quantile: the largest values of each unit, which are more the more images there are (the
   * default), or a histogram of 65536 counts for each unit, which takes one more reading. The thresholds are the same.
   */
  readonly memory?: 'tail' | 'histogram';
  /** Is told what is wrong with an image, which is then left out; without it, the call rejects. */
  readonly onFault?: (fault: Error) => void;
}

/** Checks of {@link DissectionOptions}. */
export const dissectionChecks: OptionChecks<DissectionOptions> = {
  concepts: required(conceptList),
  categories: listOf(text),
  quantile: properShare,
  threshold: share,
  quantileOn: oneOf(['raw', 'upsampled']),
  memory: oneOf(['tail', 'histogram']),
  onFault: callback,
};

/** A store of bytes. */
export const byteStore: Check = kind('a store with get and set', (value) => {
  return typeof value === 'object' && value !== null && ['get', 'set'].every((name) => isMethod(value, name));
});

function isMethod(value: object, name: string): boolean {
  return typeof (value as Record<string, unknown>)[name] === 'function';
}

/** Checks of {@link DissectOptions}. */
export const dissectChecks: OptionChecks<DissectOptions> = {
  ...dissectionChecks,
  ...layerReadingChecks,
  spill: byteStore,
};
