import { describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import type { Attribution } from '../scoring/types.ts';

/** Refuses what a given method returned in place of an attribution. */
export function assertAttribution(argument: string, found: unknown): asserts found is Attribution {
  const { values } = (typeof found === 'object' && found !== null ? found : {}) as Partial<Attribution>;
  if (values && Array.isArray(values.shape) && ArrayBuffer.isView(values.data)) return;
  throw new VitrineError(
    'bad-argument',
    `"${argument}" expected a method that returns attributions, got one that returns ${describe(found)}`,
  );
}
