import type { DissectOptions } from '../../dissection/options.ts';
import type { Stage } from '../../dissection/shared.ts';
import type { ErrorCode } from '../../numeric/errors.ts';
import type { Upsampling } from '../../readings/placement.ts';

/** What all workers are told once. */
export interface WorkerData {
  /** The address of the module that has the model and the data. */
  readonly module: string;
  readonly options: Omit<DissectOptions, 'signal' | 'onProgress' | 'onFault' | 'spill' | 'imageCount'>;
  /** Whether images with something wrong are left out. */
  readonly leavesOut: boolean;
}

/** A part of the data set. */
export interface Shard {
  readonly shard: number;
  readonly of: number;
}

/** One reading of one shard. */
export interface ShardTask extends Shard {
  readonly stage: Stage;
  /** The number of images in the shard. */
  readonly imageCount: number;
  /** The images that were found to be faulty before. */
  readonly leftOut: readonly number[];
}

/** What a reading of a shard found. */
export interface ShardResult {
  /** For each layer; none where there was no image. */
  readonly layers: readonly { shape: readonly number[]; pixels: readonly [number, number]; bytes: Uint8Array }[];
  /** What is wrong with images that were left out in this reading. */
  readonly messages: readonly string[];
  /** All images that are left out. */
  readonly leftOut: readonly number[];
}

/** What a network is, as far as results depend on it. */
export interface NetworkFacts {
  /** Where the positions of each layer lie. */
  readonly upsampling: readonly Upsampling[];
  /** A hash of the weights. */
  readonly weights: string;
}

/** An error as plain data. */
export interface Told {
  readonly code: ErrorCode;
  readonly message: string;
  readonly stack: string | undefined;
}

/** A result, or the error that is the caller's to hear of: anything else that a worker throws means that it died. */
export type Answer<Result> = { readonly result: Result } | { readonly error: Told };
