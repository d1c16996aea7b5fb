import type { Length } from './given.ts';

// Arithmetic on the lengths of axes, of which some are open.

/** How two lengths are joined. */
export type LengthFunction = (a: Length, b: Length) => Length;

/** A length of which nothing is known. */
export const unknownLength: Length = { times: 1, plus: 0 };

/** What nodes of these ops do with whole numbers. */
export const lengthFunctions: Readonly<Record<string, LengthFunction>> = {
  Add: sum,
  AddV2: sum,
  Sub: (a, b) => (typeof b === 'number' ? sum(a, -b) : unknownLength),
  Mul: product,
  RealDiv: quotient,
  Div: quotient,
  FloorDiv: plain((a, b) => Math.floor(a / b)),
  FloorMod: plain((a, b) => a - b * Math.floor(a / b)),
  Maximum: plain(Math.max),
  Minimum: plain(Math.min),
};

/** The product of lengths, from left to right. */
export function productOf(lengths: readonly Length[]): Length {
  return lengths.reduce(product, 1);
}

function sum(a: Length, b: Length): Length {
  if (typeof a === 'number') return typeof b === 'number' ? a + b : sum(b, a);
  return typeof b === 'number' ? { ...a, plus: a.plus + b } : unknownLength;
}

function product(a: Length, b: Length): Length {
  if (typeof a === 'number') return typeof b === 'number' ? a * b : product(b, a);
  if (typeof b !== 'number') return unknownLength;
  return b === 0 ? 0 : { ...a, times: a.times * b, plus: a.plus * b };
}

function quotient(a: Length, b: Length): Length {
  return typeof b === 'number' ? product(a, 1 / b) : unknownLength;
}

function plain(join: (a: number, b: number) => number): LengthFunction {
  return (a, b) => (typeof a === 'number' && typeof b === 'number' ? join(a, b) : unknownLength);
}
