import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { cropped } from '../../backend/kernels/phases.ts';
import { shiftRegion } from '../fields/region.ts';
import type { Operation, PartialForward } from '../graph/operation.ts';
import { describeOperation, type OperationSource, only, onlyShape, pointwise, withoutParameters } from './base.ts';

/** Rows and columns before and after an image plane. */
export interface Margins {
  readonly rows: readonly [number, number];
  readonly columns: readonly [number, number];
}

/** Zeros around an image plane. */
export function pad(source: OperationSource, margins: Margins): Operation {
  return withoutParameters({
    ...describeOperation('pad', source),
    forward: (inputs) => withMargins(only({ inputs }) as Tensor4D, margins),
    partial: shifted,
    pullback: (cotangent) => [withoutMargins(cotangent as Tensor4D, margins)],
    region: (output) => [shiftRegion(output, -margins.rows[0], -margins.columns[0])],
  });
}

/** An image plane without its margins. */
export function crop(source: OperationSource, margins: Margins): Operation {
  return withoutParameters({
    ...describeOperation('crop', source),
    forward: (inputs) => withoutMargins(only({ inputs }) as Tensor4D, margins),
    partial: shifted,
    pullback: (cotangent, io) => [tf.reshape(withMargins(cotangent as Tensor4D, margins), onlyShape(io))],
    region: (output) => [shiftRegion(output, margins.rows[0], margins.columns[0])],
  });
}

/** The region of the input is the part of the output: zeros lie beyond the border. */
const shifted: PartialForward = pointwise((inputs) => tf.clone(only({ inputs })));

function withMargins(x: Tensor4D, { rows, columns }: Margins): Tensor4D {
  return tf.pad4d(x, [[0, 0], [...rows], [...columns], [0, 0]]);
}

function withoutMargins(x: Tensor4D, { rows, columns }: Margins): Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const size: Tensor4D['shape'] = [batch, height - rows[0] - rows[1], width - columns[0] - columns[1], channels];
  const part = cropped(x, [rows[0], columns[0]], size);
  return part === x ? tf.clone(x) : part;
}
