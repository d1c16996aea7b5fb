import { VitrineError } from '../../../numeric/errors.ts';
import { functions } from '../../functions/functions.ts';
import { lowerFunction } from '../../functions/lowerFunction.ts';
import { dense } from '../../operations/dense.ts';
import { flagOf } from '../attributes.ts';
import { constantOf } from '../given.ts';
import { constantAt, type NodeLowering, titleOf, valueAt } from '../nodeCall.ts';
import { fusedWith } from './fused.ts';

const product =
  (transposeA: string, transposeB: string): NodeLowering =>
  ({ node, inputs }) => ({
    fn: functions.matMul({ transposeA: flagOf(node, transposeA), transposeB: flagOf(node, transposeB) }),
    operands: inputs,
  });

/** A dense layer in one node. */
const fusedProduct: NodeLowering = (call) => {
  const x = valueAt(call, 0);
  const kernel = constantAt(call, 1);
  const fn = functions.matMul({
    transposeA: flagOf(call.node, 'transpose_a'),
    transposeB: flagOf(call.node, 'transpose_b'),
  });
  const [shape = []] = fn.shapes([x.shape, kernel.shape]);
  const { bias, activation, weights } = fusedWith(call, shape);
  const [linear, ...others] = lowerFunction(fn, {
    source: call.source,
    operands: [{ shape: x.shape }, constantOf(kernel)],
  });
  if (!linear?.linear || others.length > 0)
    throw new VitrineError('unsupported-layer', `${titleOf(call)} expected a matrix of weights for its rows`);
  return {
    operations: [dense(call.source, () => ({ ...linear.parameters, ...(bias && { bias: bias() }) })), ...activation],
    values: [x],
    shape,
    view: x.view,
    activated: activation.length > 0,
    weights: [kernel, ...weights],
  };
};

/** Matrix products, with what the converter has fused into them. */
export const products: Readonly<Record<string, NodeLowering>> = {
  MatMul: product('transpose_a', 'transpose_b'),
  _FusedMatMul: fusedProduct,
  BatchMatMul: product('adj_x', 'adj_y'),
  BatchMatMulV2: product('adj_x', 'adj_y'),
};
