import { assertInteger, describe } from '../../numeric/check.ts';

/** Refuses all but a list of classes. */
export function assertLabels(argument: string, labels: ArrayLike<number>, classes: number): void {
  if (!Array.isArray(labels) && !ArrayBuffer.isView(labels)) {
    throw new TypeError(`"${argument}" expected one class for each example, got ${describe(labels)}`);
  }
  if (labels.length === 0) throw new RangeError(`"${argument}" expected one class for each example, got none`);
  for (let i = 0; i < labels.length; i++) assertInteger(`${argument}[${i}]`, labels[i] as number, [0, classes - 1]);
}
