import { assertInteger, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';

/** Refuses all but a list of classes. */
export function assertLabels(argument: string, labels: ArrayLike<number>, classes: number): void {
  if (!Array.isArray(labels) && !ArrayBuffer.isView(labels)) {
    throw new VitrineError(
      'bad-argument',
      `"${argument}" expected one class for each example, got ${describe(labels)}`,
    );
  }
  if (labels.length === 0)
    throw new VitrineError('bad-argument', `"${argument}" expected one class for each example, got none`);
  for (let i = 0; i < labels.length; i++) assertInteger(`${argument}[${i}]`, labels[i] as number, [0, classes - 1]);
}
