import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { denseModel, type Matrix } from '../oracle/denseModel.ts';
import { rowsOfBatch } from './attacked.ts';
import { type GoldenCase, goldenCases } from './goldenCases.ts';

/** A linear model, examples, and how far the nearest boundary of each is, in closed form. */
export interface LinearCase {
  readonly id: string;
  readonly model: LayersModel;
  readonly x: NdArray;
  readonly l2: readonly number[];
  readonly linf: readonly number[];
  readonly changes: readonly (readonly number[])[];
  /** How far the boundary of each two classes is from each example. */
  readonly boundary: (row: number, from: number, to: number) => number;
}

/** The linear cases of the reference values. Their inputs are unbounded: any wide box will do. */
export async function linearCases(): Promise<readonly LinearCase[]> {
  const { ofMethod, arrayOf } = await goldenCases('diagnosis');
  const read = async (file: string | undefined) => (await arrayOf(file)) as NdArray;
  const cases = ofMethod('minimal-perturbation-linear');
  return Promise.all(
    cases.map(async (golden) => {
      if (golden.id === 'linear-binary') return binaryCase(golden);
      if (golden.id === 'linear-three-class') return threeClasses(golden);
      const [w, b, x] = await Promise.all(['w', 'b', 'x'].map((name) => read(golden.inputs[name])));
      const expected = golden.expected as { l2: number[]; linf: number[] };
      const changes = rowsOfBatch(await read(golden.outputs['perturbationL2']));
      return {
        id: golden.id,
        model: linear(rowsOfBatch(w as NdArray), [...(b as NdArray).data]),
        x: x as NdArray,
        ...expected,
        changes,
        boundary: boundaryOf(rowsOfBatch(w as NdArray), [...(b as NdArray).data], rowsOfBatch(x as NdArray)),
      };
    }),
  );
}

/** $|z_a - z_b| / \lVert w_a - w_b \rVert$ */
function boundaryOf(kernel: Matrix, bias: readonly number[], rows: Matrix): LinearCase['boundary'] {
  return (row, from, to) => {
    const normal = kernel.map((weights) => (weights[to] as number) - (weights[from] as number));
    const gap = normal.reduce(
      (sum, weight, i) => sum + weight * (rows[row]?.[i] as number),
      (bias[to] as number) - (bias[from] as number),
    );
    return Math.abs(gap) / Math.hypot(...normal);
  };
}

function linear(kernel: Matrix, bias: readonly number[], activation = 'linear'): LayersModel {
  return denseModel([{ kernel, bias, activation }]);
}

function binaryCase({ id, params, expected }: GoldenCase): LinearCase {
  const { w, b, x } = params as { w: number[]; b: number; x: number[] };
  const { l2, linf, perturbationL2 } = expected as { l2: number; linf: number; perturbationL2: number[] };
  return {
    id,
    model: linear(
      w.map((weight) => [weight]),
      [b],
      'sigmoid',
    ),
    x: { shape: [1, 2], data: Float32Array.from(x) },
    l2: [l2],
    linf: [linf],
    changes: [perturbationL2],
    boundary: () => l2,
  };
}

function threeClasses({ id, params, expected }: GoldenCase): LinearCase {
  const { w, b, x } = params as { w: number[][]; b: number[]; x: number[] };
  const { l2, linf, perturbationL2 } = expected as {
    l2: Record<string, number>;
    linf: Record<string, number>;
    perturbationL2: number[];
  };
  return {
    id,
    model: linear(w, b),
    x: { shape: [1, 2], data: Float32Array.from(x) },
    l2: [l2['1'] as number],
    linf: [linf['1'] as number],
    changes: [perturbationL2],
    boundary: boundaryOf(w, b, [x]),
  };
}
