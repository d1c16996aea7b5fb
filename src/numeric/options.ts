import { assertChoice, assertCount, assertInteger, assertNumber, describe } from './check.ts';
import { VitrineError } from './errors.ts';
import { nearestNames } from './nearestNames.ts';

/** Refuses what an option cannot be. */
export interface Check {
  (argument: string, value: unknown): void;
  readonly isRequired?: true;
}

/** A check for every option of a type: one that is left out, and one too many, is a type error. */
export type OptionChecks<O> = { readonly [K in keyof O]-?: Check };

/**
 * Refuses options that are no object, that are misspelt, or that hold values of the wrong kind. `undefined` stands for an
 * option that was not given; `null` is a value, and a wrong one.
 */
export function assertOptions<O extends object>(options: O | undefined, checks: OptionChecks<O>): void {
  const given: object = options === undefined ? {} : options;
  // A Promise that was not awaited, a Map or bytes have no options, and would pass for none given.
  if (Object.prototype.toString.call(given) !== '[object Object]') {
    throw new VitrineError('bad-argument', `"options" expected an object, got ${describe(given)}`);
  }
  const known = Object.keys(checks);
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownOption(unknown, known);
  for (const [name, check] of Object.entries<Check>(checks)) {
    const value = (given as Record<string, unknown>)[name];
    if (value !== undefined || check.isRequired) check(name, value);
  }
}

function unknownOption(name: string, known: readonly string[]): VitrineError {
  const near = nearestNames(name, known, known.length).join(', ');
  return new VitrineError('unknown-option', `"options" expected ${near ? `some of ${near}` : 'none'}, got "${name}"`);
}

/** An option that must be given. */
export function required(check: Check): Check {
  return Object.assign((argument: string, value: unknown) => check(argument, value), { isRequired: true } as const);
}

/** Any value: what the function itself looks at. */
export const anything: Check = () => {};

/** A check that a word of its own describes. */
export function kind(expected: string, isOne: (value: unknown) => boolean): Check {
  return (argument, value) => {
    if (isOne(value)) return;
    throw new VitrineError('bad-argument', `"${argument}" expected ${expected}, got ${describe(value)}`);
  };
}

export const flag: Check = kind('true or false', (value) => typeof value === 'boolean');

export const text: Check = kind('a text', (value) => typeof value === 'string');

export const callback: Check = kind('a function', (value) => typeof value === 'function' && !isClass(value));

/** An object that is no list; what is in it, the function looks at. */
export const object: Check = kind('an object', isObject);

/** An object literal, of whichever realm; what is in it, the function looks at. */
export const record: Check = kind('a plain object', (value) => {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
});

export const abortSignal: Check = kind('an AbortSignal', (value) => {
  return isObject(value) && 'aborted' in value && 'throwIfAborted' in value && 'addEventListener' in value;
});

/** What random numbers are drawn by. */
export const safeInteger: Check = kind('a safe integer', (value) => Number.isSafeInteger(value));

/** An integer from `low` to `high`. */
export function integer(low: number, high: number = Number.POSITIVE_INFINITY): Check {
  return (argument, value) => assertInteger(argument, value as number, [low, high]);
}

/** How often something is drawn or repeated: an integer from `low` to a million. */
export function count(low: number): Check {
  return (argument, value) => assertCount(argument, value as number, low);
}

/** A finite number, of at least `low` and at most `high` where these are given. */
export function number(low: number = Number.NEGATIVE_INFINITY, high: number = Number.POSITIVE_INFINITY): Check {
  if (high === Number.POSITIVE_INFINITY) return (argument, value) => assertNumber(argument, value as number, low);
  return kind(`a number in ${low}..${high}`, (value) => typeof value === 'number' && value >= low && value <= high);
}

/** A number from 0 to 1. */
export const share: Check = number(0, 1);

/** One of several words. */
export function oneOf(choices: readonly string[]): Check {
  return (argument, value) => assertChoice(argument, value as string, choices);
}

/** A list with at least one element, each of which passes a check. */
export function listOf(check: Check): Check {
  return (argument, value) => {
    if (!Array.isArray(value)) {
      throw new VitrineError('bad-argument', `"${argument}" expected a list, got ${describe(value)}`);
    }
    if (value.length === 0)
      throw new VitrineError('bad-argument', `"${argument}" expected a list with elements, got []`);
    value.forEach((element, i) => check(`${argument}[${i}]`, element));
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isClass(value: object): boolean {
  return Function.prototype.toString.call(value).startsWith('class');
}
