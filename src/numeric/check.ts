import { VitrineError } from './errors.ts';
import { allFinite, isTypedArray, type NdArray, placeAt, sizeOf, type TypedArray } from './ndarray.ts';
import { nearestNames } from './nearestNames.ts';

/** How an unexpected value appears in an error message. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return `"${value.length > longestText ? `${value.slice(0, longestText)}…` : value}"`;
  if (Array.isArray(value)) return described(value);
  if (typeof value === 'function') return 'a function';
  if (value === null || typeof value !== 'object') return String(value);
  if ('then' in value && typeof value.then === 'function') return 'a Promise: await it first';
  if ('dataId' in value) return 'a tensor';
  return `a value of type ${value.constructor?.name ?? 'object'}`;
}

// What is wrong may be of any size, and nested without end.
const longestText = 500;
const longestList = 100;

function described(list: readonly unknown[]): string {
  const shown = list
    .slice(0, longestList)
    .map((item) => (Array.isArray(item) ? `[${item.length > 0 ? '…' : ''}]` : describe(item)));
  return `[${[...shown, ...(list.length > longestList ? ['…'] : [])].join(', ')}]`;
}

/** Refuses a name that is not one of those known, the nearest first in the message. */
export function assertChoice<T extends string>(argument: string, value: T, choices: readonly T[]): void {
  if (choices.includes(value)) return;
  const known = typeof value === 'string' ? nearestNames(value, choices, choices.length) : choices;
  throw new VitrineError('bad-argument', `"${argument}" expected one of ${known.join(', ')}, got ${describe(value)}`);
}

/** Refuses all but integers from `low` to `high`. */
export function assertInteger(argument: string, value: number, [low, high]: readonly [number, number]): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  const bounds = high === Number.POSITIVE_INFINITY ? `of at least ${low}` : `in ${low}..${high}`;
  throw new VitrineError('bad-argument', `"${argument}" expected an integer ${bounds}, got ${describe(value)}`);
}

/** The most samples, steps or iterations of a call: each takes work, and many a place in an array. */
const mostSteps: number = 2 ** 20;

/** Refuses all but integers from `low` to a million: how often something is drawn or repeated. */
export function assertCount(argument: string, value: number, low: number): void {
  const isMany = typeof value === 'number' && value > mostSteps;
  assertInteger(argument, value, [low, isMany ? mostSteps : Number.POSITIVE_INFINITY]);
}

/** Refuses all but finite numbers that are not below `low`. */
export function assertNumber(argument: string, value: number, low: number = Number.NEGATIVE_INFINITY): void {
  if (Number.isFinite(value) && value >= low) return;
  const bound = low === Number.NEGATIVE_INFINITY ? '' : ` of at least ${low}`;
  throw new VitrineError('bad-argument', `"${argument}" expected a finite number${bound}, got ${describe(value)}`);
}

/** The most numbers in an array that a call makes: 2 GiB of 32-bit numbers. */
export const mostNumbers: number = 2 ** 29;

/** Refuses the shape of an array that would be too large, before any work for it. */
export function assertRoom(argument: string, shape: readonly number[]): void {
  const size = sizeOf(shape);
  if (size <= mostNumbers) return;
  throw new VitrineError(
    'too-large',
    `"${argument}" expected to need no array of more than ${mostNumbers} numbers, got ${shape.join(' × ')} = ${size}`,
  );
}

/** Refuses all but finite numbers of pixels from `low` to a million: how wide a filter may be. */
export function assertWidth(argument: string, value: number, low = 0): void {
  assertNumber(argument, value, low);
  if (value > widest)
    throw new VitrineError('too-large', `"${argument}" expected at most ${widest} pixels, got ${value}`);
}

// Wider than any picture.
const widest = 2 ** 20;

/** Refuses what is no array of the given ranks, is empty, or has another number of elements than its shape says. */
export function assertArray(argument: string, array: NdArray<TypedArray>, ranks: readonly number[]): void {
  if (array === null || typeof array !== 'object' || !Array.isArray(array.shape) || !isTypedArray(array.data)) {
    throw new VitrineError(
      'bad-argument',
      `"${argument}" expected {shape, data} with a typed array, got ${describe(array)}`,
    );
  }
  const { shape, data } = array;
  if (!ranks.includes(shape.length)) {
    throw new VitrineError(
      'bad-shape',
      `"${argument}" expected rank ${ranks.join(' or ')}, got shape [${shape.join(', ')}]`,
    );
  }
  if (!shape.every((length) => Number.isInteger(length) && length >= 1)) {
    throw new VitrineError('bad-shape', `"${argument}" expected axes of at least 1, got shape [${shape.join(', ')}]`);
  }
  if (data.length !== sizeOf(shape)) {
    throw new VitrineError(
      'bad-shape',
      `"${argument}" expected ${sizeOf(shape)} numbers for shape [${shape.join(', ')}], got ${data.length}`,
    );
  }
}

/** Refuses NaN and infinities and says where the first one is. */
export function assertFiniteArray(argument: string, { shape, data }: NdArray<TypedArray>): void {
  if (allFinite(data)) return;
  const found = data.findIndex((value) => !Number.isFinite(value));
  const position = placeAt(found, shape).join(', ');
  throw new VitrineError('not-finite', `"${argument}" expected finite numbers, got ${data[found]} at [${position}]`);
}

/** Refuses what is no list. */
export function assertList(argument: string, value: unknown): asserts value is readonly unknown[] {
  if (!Array.isArray(value))
    throw new VitrineError('bad-argument', `"${argument}" expected a list, got ${describe(value)}`);
}

/** Refuses what is no list of finite numbers, of so many where that is said. */
export function assertNumbers(argument: string, value: unknown, length?: number): asserts value is readonly number[] {
  assertList(argument, value);
  if (length !== undefined && value.length !== length) {
    throw new VitrineError('bad-argument', `"${argument}" expected ${length} numbers, got ${value.length}`);
  }
  const wrong = value.findIndex((number) => !Number.isFinite(number));
  if (wrong >= 0) {
    throw new VitrineError(
      'bad-argument',
      `"${argument}[${wrong}]" expected a finite number, got ${describe(value[wrong])}`,
    );
  }
}

/** A number for rows and one for columns, or one for both. */
export type PerAxis = number | readonly [rows: number, columns: number];

/** The numbers of both axes; refuses all but finite ones that are not below `low`. */
export function perAxis(argument: string, value: PerAxis, low?: number): readonly [rows: number, columns: number] {
  const pair = typeof value === 'number' ? ([value, value] as const) : value;
  if (!Array.isArray(pair) || pair.length !== 2) {
    throw new VitrineError(
      'bad-argument',
      `"${argument}" expected a number or [rows, columns], got ${describe(value)}`,
    );
  }
  for (const one of pair) assertNumber(argument, one as number, low);
  return pair as unknown as readonly [number, number];
}

/**
 * Refuses plain data that is something else, or of another version: for what comes from a file.
 *
 * @throws {VitrineError} if the format is another, or if the version is.
 */
export function assertFormat(
  argument: string,
  value: unknown,
  { format, version }: { readonly format: string; readonly version: number },
): void {
  const given = value as { readonly format?: unknown; readonly version?: unknown } | null | undefined;
  if (typeof given !== 'object' || given?.format !== format) {
    const got = typeof given === 'object' && given !== null ? `format ${describe(given.format)}` : describe(given);
    throw new VitrineError('bad-argument', `"${argument}" expected format "${format}", got ${got}`);
  }
  if (given.version !== version) {
    throw new VitrineError('bad-argument', `"${argument}" expected version ${version}, got ${describe(given.version)}`);
  }
}

/** Checks a class, a unit or a coordinate. */
export function assertIndex(value: unknown, length: number, argument: string): void {
  if (typeof value !== 'number')
    throw new VitrineError('bad-argument', `"${argument}" expected an integer, got ${describe(value)}`);
  if (!Number.isInteger(value) || value < 0 || value >= length) {
    throw new VitrineError('bad-argument', `"${argument}" expected an integer in 0..${length - 1}, got ${value}`);
  }
}
