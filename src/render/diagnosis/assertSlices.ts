import type { ErrorRate, SliceDescription, SliceFindings } from '../../diagnosis/index.ts';
import { assertList, assertNumber, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { isTypedArray } from '../../numeric/ndarray.ts';
import { object, text } from '../../numeric/options.ts';

/** What a page shows of slices. */
export type ShownSlices = Pick<SliceFindings, 'slices' | 'labels' | 'predicted' | 'all' | 'heldOut'>;

export type ShownRate = Pick<ErrorRate, 'size' | 'errorRate' | 'interval'>;

/** What a page shows of descriptions. */
export type ShownDescription = Pick<SliceDescription, 'name' | 'inside' | 'outside' | 'pValue' | 'falseDiscoveryRate'>;

/** Refuses what is nothing that `findSlices` gives. */
export function assertSlices(found: ShownSlices): void {
  object('found', found);
  assertRate('found.all', found.all);
  if (found.heldOut !== undefined) assertRate('found.heldOut', found.heldOut);
  assertNumbers('found.labels', found.labels, found.all.size);
  assertNumbers('found.predicted', found.predicted, found.all.size);
  assertList('found.slices', found.slices);
  found.slices.forEach((slice, i) => {
    const at = `found.slices[${i}]`;
    assertRate(at, slice);
    assertRate(`${at}.rest`, slice.rest);
    if (slice.heldOut !== undefined) assertRate(`${at}.heldOut`, slice.heldOut);
    assertNumbers(`${at}.members`, slice.members);
    assertList(`${at}.confusion`, slice.confusion);
    slice.confusion.forEach((one, k) => {
      object(`${at}.confusion[${k}]`, one);
      for (const name of ['label', 'predicted', 'count'] as const)
        assertNumber(`${at}.confusion[${k}].${name}`, one[name]);
    });
  });
}

/** Refuses what is nothing that `describeSlices` gives of so many slices. */
export function assertDescriptions(descriptions: readonly (readonly ShownDescription[])[], length: number): void {
  assertList('descriptions', descriptions);
  if (descriptions.length !== length) {
    throw new VitrineError('bad-shape', `"descriptions" expected ${length} lists, got ${descriptions.length}`);
  }
  descriptions.forEach((list, i) => {
    assertList(`descriptions[${i}]`, list);
    list.forEach((one, k) => {
      const at = `descriptions[${i}][${k}]`;
      object(at, one);
      text(`${at}.name`, one.name);
      for (const name of ['inside', 'outside', 'pValue', 'falseDiscoveryRate'] as const) {
        assertNumber(`${at}.${name}`, one[name]);
      }
    });
  });
}

/** `42 %`. */
export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function assertRate(argument: string, rate: ShownRate): void {
  object(argument, rate);
  assertNumber(`${argument}.size`, rate.size, 0);
  assertNumber(`${argument}.errorRate`, rate.errorRate, 0);
  object(`${argument}.interval`, rate.interval);
  assertNumber(`${argument}.interval.low`, rate.interval.low);
  assertNumber(`${argument}.interval.high`, rate.interval.high);
}

function assertNumbers(argument: string, values: Int32Array, length?: number): void {
  if (!isTypedArray(values))
    throw new VitrineError('bad-argument', `"${argument}" expected a typed array, got ${describe(values)}`);
  if (length === undefined || values.length === length) return;
  throw new VitrineError('bad-shape', `"${argument}" expected ${length} numbers, got ${values.length}`);
}
