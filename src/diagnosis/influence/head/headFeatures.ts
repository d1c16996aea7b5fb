import * as tf from '@tensorflow/tfjs-core';
import type { Network } from '../../../network/network.ts';
import type { RunOptions } from '../../../network/types.ts';
import { mapBatches } from '../../../network/walk/batches.ts';
import { rowsOf } from '../../../network/walk/inputs.ts';
import type { Matrix } from '../../../numeric/linear/factorProducts.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import type { DenseHead } from '../denseHead.ts';

/** What the head of a network reads of each example, `[n, d]`. */
export async function headFeatures(
  network: Network,
  { features }: DenseHead,
  { inputs, run }: { readonly inputs: readonly NdArray[]; readonly run: RunOptions },
): Promise<NdArray> {
  const total = inputs[0]?.shape[0] as number;
  const read = await mapBatches({ ...run, stage: 'features', total }, (start, end) => {
    const rows = inputs.map((input) => rowsOf(input, start, end));
    return { features: tf.clone(network.forward(rows, { taps: [features] }).value(features)) };
  });
  return read.features;
}

/** Features with a constant one behind them, for a bias. */
export function withOnes({
  shape,
  data,
}: Pick<NdArray, 'shape'> & { readonly data: ArrayLike<number> }): Matrix & { readonly values: Float64Array } {
  const [rows, width] = shape as [number, number];
  const values = Float64Array.from({ length: rows * (width + 1) }, (_, i) => {
    const column = i % (width + 1);
    return column === width ? 1 : (data[Math.floor(i / (width + 1)) * width + column] as number);
  });
  return { rows, columns: width + 1, values };
}
