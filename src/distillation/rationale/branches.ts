import { dot } from '../../numeric/linear/vectors.ts';
import type { NodeFit } from './nodeFit.ts';
import { rowOf, type Samples } from './samples.ts';

/** A node while a tree grows. */
export interface Branch extends NodeFit {
  /** Its images, in order. */
  readonly members: readonly number[];
  readonly children: readonly number[];
  /** The sum of its images' rationales. */
  readonly total: Float64Array;
  /** The sum of its images' outputs. */
  readonly outputs: number;
  /** The sum of what it predicts for them, and of $e^{\gamma h}$ of that. */
  readonly predicted: number;
  readonly mass: number;
}

/** $h(x) = w^T x + b$ of an image. */
function predictionOf({ weights, bias }: NodeFit, { responses, width }: Samples, image: number): number {
  return dot(weights, rowOf(responses, image, width)) + bias;
}

/** A node with its sums over its images; `exponential` is $e^{\gamma h}$ in some unit. */
export function branchOf(
  node: Pick<Branch, 'members' | 'children' | 'total'> & NodeFit,
  samples: Samples,
  exponential: (prediction: number) => number,
): Branch {
  let [outputs, predicted, mass] = [0, 0, 0];
  for (const image of node.members) {
    const prediction = predictionOf(node, samples, image);
    outputs += samples.outputs[image] as number;
    predicted += prediction;
    mass += exponential(prediction);
  }
  return { ...node, outputs, predicted, mass };
}

/** The images of two nodes, in order. */
export function mergedMembers(a: Branch, b: Branch): readonly number[] {
  return [...a.members, ...b.members].sort((one, other) => one - other);
}
