import type { Tensor } from '@tensorflow/tfjs-core';
import { lowerFunction } from '../../functions/lowerFunction.ts';
import type { TensorFunction } from '../../functions/tensorFunction.ts';
import type { OpenShape } from '../../graph/graph.ts';

/** Functions of one value after each other; which they are may depend on its shape. */
export function chained(name: string, stepsFor: (shape: OpenShape) => readonly TensorFunction[]): TensorFunction {
  const shapesOf = (shape: OpenShape): readonly OpenShape[] =>
    stepsFor(shape).reduce<OpenShape[]>(
      (made, step) => made.concat([step.shapes([made.at(-1) ?? []])[0] ?? []]),
      [shape],
    );
  return {
    applied: { name },
    apply: ([x]) => [
      stepsFor((x as Tensor).shape).reduce((value, step) => step.apply([value])[0] as Tensor, x as Tensor),
    ],
    shapes: ([shape = []]) => [shapesOf(shape).at(-1) ?? []],
    lower: ({ source, operands: [value] }) => {
      const shape = value?.shape ?? [];
      const shapes = shapesOf(shape);
      return stepsFor(shape).flatMap((step, i) =>
        lowerFunction(step, { source, operands: [{ shape: shapes[i] ?? [] }] }),
      );
    },
  };
}
