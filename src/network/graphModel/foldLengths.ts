import { cutAxes, spanOf } from '../functions/cuts.ts';
import { numberOf } from './attributes.ts';
import type { Known, Length } from './given.ts';
import { knownLengths } from './known.ts';
import { type LengthFunction, lengthFunctions, productOf, unknownLength } from './lengthArithmetic.ts';
import { cutsOf } from './lower/parts.ts';
import { constantAt, lengthsAt, type NodeCall, numbersAt } from './nodeCall.ts';

/** What a node does with lists of lengths, as the shapes that reshapes are given are made; nothing of other constants. */
export function foldLengths(call: NodeCall): readonly Known[] | undefined {
  const { op } = call.node;
  const fold = Object.hasOwn(foldings, op) ? foldings[op] : undefined;
  const isList = call.inputs.every((given) => 'lengths' in given && given.lengths && given.shape.length <= 1);
  return fold && isList ? fold(call) : undefined;
}

const foldings: Readonly<Record<string, (call: NodeCall) => readonly Known[]>> = {
  ...Object.fromEntries(
    Object.entries(lengthFunctions).map(([op, join]) => [op, (call: NodeCall) => [arithmetic(call, join)]]),
  ),
  Pack: (call) => [
    knownLengths(
      call,
      call.inputs.flatMap((_, input) => lengthsAt(call, input)),
    ),
  ],
  Concat: (call) => [
    knownLengths(
      call,
      call.inputs.slice(1).flatMap((_, input) => lengthsAt(call, input + 1)),
    ),
  ],
  ConcatV2: (call) => [
    knownLengths(
      call,
      call.inputs.slice(0, -1).flatMap((_, input) => lengthsAt(call, input)),
    ),
  ],
  StridedSlice: (call) => [strided(call)],
  Slice: (call) => {
    const [begin, size] = [numbersAt(call, 1)[0] as number, numbersAt(call, 2)[0] as number];
    return [knownLengths(call, lengthsAt(call, 0).slice(begin, size < 0 ? undefined : begin + size))];
  },
  Gather: (call) => [gathered(call)],
  GatherV2: (call) => [gathered(call)],
  Unpack: (call) => lengthsAt(call, 0).map((length) => knownLengths(call, [length], [])),
  Split: (call) => {
    const lengths = lengthsAt(call, 1);
    const each = lengths.length / numberOf(call.node, 'num_split');
    return Array.from({ length: lengths.length / each }, (_, i) =>
      knownLengths(call, lengths.slice(i * each, (i + 1) * each)),
    );
  },
  Prod: (call) => [reduced(call, productOf)],
  Sum: (call) => [reduced(call, (lengths) => joined(lengths, (a, b) => a + b))],
  Max: (call) => [reduced(call, (lengths) => joined(lengths, Math.max))],
  Min: (call) => [reduced(call, (lengths) => joined(lengths, Math.min))],
};

/** Lengths one by one, a single one with each of the others. */
function arithmetic(call: NodeCall, join: LengthFunction): Known {
  const [a, b] = [constantAt(call, 0), constantAt(call, 1)];
  const [first, second] = [lengthsAt(call, 0), lengthsAt(call, 1)];
  const { shape } = a.shape.length >= b.shape.length && first.length >= second.length ? a : b;
  const at = (lengths: readonly Length[], i: number): Length => lengths[lengths.length === 1 ? 0 : i] ?? unknownLength;
  const count = Math.max(first.length, second.length);
  return knownLengths(
    call,
    Array.from({ length: count }, (_, i) => join(at(first, i), at(second, i))),
    shape,
  );
}

function strided(call: NodeCall): Known {
  const lengths = lengthsAt(call, 0);
  const cuts = cutsOf(call);
  const [cut = {}] = cutAxes(cuts, [null]);
  const { start, count, step } = spanOf(cut, lengths.length);
  const taken = Array.from({ length: count }, (_, i) => lengths[start + i * step] as Length);
  return knownLengths(
    call,
    taken,
    cuts.includes('new') ? [1, taken.length] : typeof cut === 'number' ? [] : [taken.length],
  );
}

function gathered(call: NodeCall): Known {
  const lengths = lengthsAt(call, 0);
  const taken = numbersAt(call, 1).map((index) => lengths[index] ?? unknownLength);
  return knownLengths(call, taken, constantAt(call, 1).shape);
}

function reduced(call: NodeCall, reduce: (lengths: readonly Length[]) => Length): Known {
  return knownLengths(call, [reduce(lengthsAt(call, 0))], []);
}

function joined(lengths: readonly Length[], join: (a: number, b: number) => number): Length {
  return lengths.reduce((a, b) => (typeof a === 'number' && typeof b === 'number' ? join(a, b) : unknownLength));
}
