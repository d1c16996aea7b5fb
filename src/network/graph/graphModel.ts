import type { InferenceModel, Tensor } from '@tensorflow/tfjs-core';

/** A loaded GraphModel of `@tensorflow/tfjs-converter`. */
export interface GraphModel extends InferenceModel {
  readonly weights: Readonly<Record<string, Tensor[]>>;
  readonly modelVersion: string;
  /** Frees the weights. */
  dispose(): void;
}

/** Whether a value has the structure of a GraphModel, loaded or not, of whichever copy of tfjs-converter. */
export function isGraphModel(value: unknown): value is GraphModel {
  return typeof value === 'object' && value !== null && 'executor' in value && 'executeAsync' in value;
}
