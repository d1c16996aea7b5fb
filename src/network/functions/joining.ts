import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { VitrineError } from '../../numeric/errors.ts';
import type { OpenShape } from '../graph/graph.ts';
import { concatenate } from '../operations/concatenate.ts';
import { assertNoBatchAxis, axisOf, listed, sameOpenShape } from './openShapes.ts';
import { isConstant, type TensorFunction } from './tensorFunction.ts';

// Functions that put operands beside each other.

export const concat = ({ axis: given }: { axis: number }): TensorFunction => ({
  applied: { name: 'concat' },
  apply: (operands) => [tf.concat([...operands], axisOf(given, operands[0]?.rank ?? 0))],
  shapes: (shapes) => [joinedShape(shapes, given)],
  kind: 'concatenate',
  lower: ({ source, operands }) => {
    if (operands.some(isConstant)) return undefined;
    return [concatenate(source, axisOf(given, operands[0]?.shape.length ?? 0))];
  },
});

/** The operands along a new axis. */
export const stack = ({ axis }: { axis: number }): TensorFunction => ({
  applied: { name: 'stack' },
  apply: (operands) => [tf.stack([...operands], axisOf(axis, (operands[0] as Tensor).rank + 1))],
  shapes: ([first = [], ...others]) => {
    const at = axisOf(axis, first.length + 1);
    assertNoBatchAxis([at], 'stack');
    const odd = others.find((shape) => !sameOpenShape(shape, first));
    if (odd)
      throw new VitrineError('unsupported-layer', `stack cannot join shapes ${listed(first)} and ${listed(odd)}`);
    return [[...first.slice(0, at), others.length + 1, ...first.slice(at)]];
  },
  kind: 'concatenate',
});

function joinedShape(shapes: readonly OpenShape[], given: number): OpenShape {
  const [first = []] = shapes;
  const axis = axisOf(given, first.length);
  assertNoBatchAxis([axis], 'concat');
  const apart = shapes.find((shape) => shape.length !== first.length);
  if (apart)
    throw new VitrineError('unsupported-layer', `concat cannot join shapes ${listed(first)} and ${listed(apart)}`);
  return first.map((length, i) => {
    if (i !== axis) return shapes.find((shape) => shape[i] !== null)?.[i] ?? length;
    const lengths = shapes.map((shape) => shape[i] ?? null);
    return lengths.includes(null) ? null : (lengths as number[]).reduce((sum, along) => sum + along, 0);
  });
}
