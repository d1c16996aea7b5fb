import type { Tensor } from '@tensorflow/tfjs-core';
import type { GraphStep } from '../graph/graph.ts';

/** A value as a sum of products and constants. */
export interface Sum {
  readonly terms: readonly Term[];
  readonly shifts: readonly Weight[];
  /** The steps that make it of the factors. */
  readonly pieces: readonly GraphStep[];
}

/** A product of values, perhaps times a constant. */
interface Term {
  readonly sign: number;
  readonly factors: readonly number[];
  readonly weight: Weight | undefined;
}

/** A constant that a step holds. */
export interface Weight {
  readonly of: GraphStep;
  read(): Tensor;
}

/** Multiplies a value out, as far as steps are sums, differences, products and constants, or values are given as factors. */
export function readSum(
  value: number,
  { makers, factors }: { makers: ReadonlyMap<number, GraphStep>; factors: readonly number[] },
): Sum {
  const step = factors.includes(value) ? undefined : makers.get(value);
  const combine = step && combinations[nameOf(step)];
  const read = step?.inputs.map((input) => readSum(input, { makers, factors })) ?? [];
  const made = step && combine?.(read, step);
  if (!made) return { terms: [{ sign: 1, factors: [value], weight: undefined }], shifts: [], pieces: [] };
  return { ...made, pieces: [...read.flatMap(({ pieces }) => pieces), step] };
}

function nameOf({ operation: { kind, applied } }: GraphStep): string {
  return kind === 'affine' || kind === 'opaque' ? (applied?.name ?? '') : kind;
}

type Combination = (sums: readonly Sum[], step: GraphStep) => Omit<Sum, 'pieces'> | undefined;

const combinations: Readonly<Record<string, Combination | undefined>> = {
  add: (sums, step) => ({
    terms: sums.flatMap(({ terms }) => terms),
    shifts: [...sums.flatMap(({ shifts }) => shifts), ...constantOf(step)],
  }),
  subtract: ([first, second]) => {
    const negative = second && negated(second);
    return first && negative && { terms: [...first.terms, ...negative.terms], shifts: first.shifts };
  },
  multiply: (sums, step) => product([...sums.map(onlyTerm), ...constantOf(step).map(asTerm)]),
  scale: ([sum], step) => product([sum && onlyTerm(sum), asTerm(weightOf(step, 'scale'))]),
  shift: ([sum], step) => {
    const signed = sum && (step.operation.applied?.numbers?.['scale'] === -1 ? negated(sum) : sum);
    return signed && { terms: signed.terms, shifts: [...signed.shifts, weightOf(step, 'shift')] };
  },
  affine: ([sum], { operation: { applied } }) => {
    const { scale, shift } = applied?.numbers ?? {};
    return sum && scale === -1 && shift === 0 ? negated(sum) : undefined;
  },
};

function negated({ terms, shifts }: Sum): Omit<Sum, 'pieces'> | undefined {
  if (shifts.length > 0) return undefined;
  return { terms: terms.map((term) => ({ ...term, sign: -term.sign })), shifts };
}

function onlyTerm({ terms, shifts }: Sum): Term | undefined {
  return terms.length === 1 && shifts.length === 0 ? terms[0] : undefined;
}

function product(terms: readonly (Term | undefined)[]): Omit<Sum, 'pieces'> | undefined {
  const known = terms.filter((term) => term !== undefined);
  const weights = known.flatMap(({ weight }) => weight ?? []);
  if (known.length < terms.length || weights.length > 1) return undefined;
  const sign = known.reduce((signs, term) => signs * term.sign, 1);
  return { terms: [{ sign, factors: known.flatMap(({ factors }) => factors), weight: weights[0] }], shifts: [] };
}

function asTerm(weight: Weight): Term {
  return { sign: 1, factors: [], weight };
}

/** The constant operand of a function, if it has one. */
function constantOf(step: GraphStep): readonly Weight[] {
  const name = ['constant0', 'constant1'].find((parameter) => parameter in step.operation.parameters);
  return name === undefined ? [] : [weightOf(step, name)];
}

function weightOf(of: GraphStep, name: string): Weight {
  return { of, read: () => of.operation.parameters[name] as Tensor };
}
