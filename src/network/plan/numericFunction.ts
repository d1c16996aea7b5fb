import { twoSidedNormalTail } from '../../numeric/significance.ts';
import type { Operation } from '../graph/operation.ts';

/** A function of one number or two. */
export type NumericFunction = (...operands: number[]) => number;

/** What an operation makes of each number that it reads, in plain numbers; `undefined` where that is not known. */
export function numericFunction({ kind, ceiling, applied }: Operation, inputs: number): NumericFunction | undefined {
  const { name, numbers = {} } = applied ?? { name: kind, ...(ceiling !== undefined && { numbers: { ceiling } }) };
  const apply = plain[name] ?? withNumbers[name]?.(numbers);
  if (!apply) return undefined;
  const constants = [0, 1].map((place) => numbers[`constant${place}`]);
  const given = constants.filter((constant) => constant !== undefined).length;
  return apply.length === inputs + given ? (...operands) => apply(...inPlace(constants, operands)) : undefined;
}

/** The operands of a function, some of which are constants. */
function inPlace(constants: readonly (number | undefined)[], operands: readonly number[]): number[] {
  const left = [...operands];
  const first = constants.flatMap((constant) => constant ?? left.shift() ?? []);
  return [...first, ...left];
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
export const softplus = (x: number): number => Math.log1p(Math.exp(x));
export const erf = (x: number): number => Math.sign(x) * (1 - twoSidedNormalTail(Math.abs(x) * Math.SQRT2));
const clip = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

const plain: Readonly<Record<string, NumericFunction>> = {
  add: (a: number, b: number) => a + b,
  subtract: (a: number, b: number) => a - b,
  multiply: (a: number, b: number) => a * b,
  divide: (a: number, b: number) => a / b,
  pow: (a: number, b: number) => a ** b,
  square: (x: number) => x * x,
  relu6: (x: number) => clip(x, 0, 6),
  tanh: (x: number) => Math.tanh(x),
  sigmoid,
  softplus,
  erf,
  erfc: (x: number) => 1 - erf(x),
};

/** Those that numbers belong to, besides operands that are constants. */
const withNumbers: Readonly<
  Record<string, (numbers: Readonly<Record<string, number>>) => NumericFunction | undefined>
> = {
  relu:
    ({ ceiling = Number.POSITIVE_INFINITY }) =>
    (x: number) =>
      clip(x, 0, ceiling),
  clip:
    ({ low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY }) =>
    (x: number) =>
      clip(x, low, high),
  affine: ({ scale, shift }) =>
    scale === undefined || shift === undefined ? undefined : (x: number) => scale * x + shift,
  hardSigmoid: ({ slope }) => (slope === undefined ? undefined : (x: number) => clip(slope * x + 0.5, 0, 1)),
};
