import type { RunOptions } from '../network/types.ts';
import type { ByteStore } from './byteStore.ts';
import type { DissectionOptions } from './dissectionOptions.ts';
import type { Upsampling } from './upsampling.ts';

/** How layers of a network are dissected. */
export interface DissectOptions<L extends string = string> extends DissectionOptions, RunOptions {
  /** The addresses of the layers, which have rows and columns. */
  readonly layers: readonly L[];
  /** Where positions lie in the image: at the centres of their receptive fields (the default), or so as to fill it. */
  readonly upsampling?: 'receptiveField' | Upsampling;
  /**
   * Where to keep what may reach above a threshold, about a tenth of all activations, in bytes: the network then runs
   * once in place of twice. A `Map` keeps it in memory, `folderStore` of `vitrine/node` on the disk.
   */
  readonly spill?: ByteStore;
  /** How many images there are, or more; without it, a data set that is no array is read once more, to count. */
  readonly images?: number;
}
