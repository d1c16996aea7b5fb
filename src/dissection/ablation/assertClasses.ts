import { assertInteger, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';

/** Refuses all but a list of classes, each one of `count`. */
export function assertClasses(argument: string, classes: ArrayLike<number>, count: number): void {
  if (!Array.isArray(classes) && !(ArrayBuffer.isView(classes) && 'length' in classes)) {
    throw new VitrineError(
      'bad-argument',
      `"${argument}" expected one class for each example, got ${describe(classes)}`,
    );
  }
  if (classes.length === 0)
    throw new VitrineError('bad-argument', `"${argument}" expected one class for each example, got none`);
  for (let i = 0; i < classes.length; i++) assertInteger(`${argument}[${i}]`, classes[i] as number, [0, count - 1]);
}
