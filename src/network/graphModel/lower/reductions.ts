import { functions } from '../../functions/functions.ts';
import type { Reduction } from '../../functions/reduction.ts';
import type { TensorFunction } from '../../functions/tensorFunction.ts';
import { flagOf } from '../attributes.ts';
import { inputAt, type NodeLowering, numbersAt } from '../nodeCall.ts';

const reducing =
  (make: (options: Reduction) => TensorFunction): NodeLowering =>
  (call) => ({
    fn: make({ axes: numbersAt(call, 1), keepDims: flagOf(call.node, 'keep_dims') }),
    operands: [inputAt(call, 0)],
  });

const normalizing =
  (make: () => TensorFunction): NodeLowering =>
  (call) => ({ fn: make(), operands: [inputAt(call, 0)] });

/** Functions along axes. */
export const reductions: Readonly<Record<string, NodeLowering>> = {
  Mean: reducing(functions.mean),
  Max: reducing(functions.max),
  Min: reducing(functions.min),
  Sum: reducing(functions.sum),
  Prod: reducing(functions.prod),
  Softmax: normalizing(functions.softmax),
  LogSoftmax: normalizing(functions.logSoftmax),
};
