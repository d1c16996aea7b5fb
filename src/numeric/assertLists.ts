import { describe } from './check.ts';

/** Refuses what is no list. */
export function assertList(argument: string, value: unknown): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`"${argument}" expected a list, got ${describe(value)}`);
}

/** Refuses what is no list of finite numbers, of so many where that is said. */
export function assertNumbers(argument: string, value: unknown, length?: number): asserts value is readonly number[] {
  assertList(argument, value);
  if (length !== undefined && value.length !== length) {
    throw new RangeError(`"${argument}" expected ${length} numbers, got ${value.length}`);
  }
  const wrong = value.findIndex((number) => !Number.isFinite(number));
  if (wrong >= 0) {
    throw new RangeError(`"${argument}[${wrong}]" expected a finite number, got ${describe(value[wrong])}`);
  }
}
