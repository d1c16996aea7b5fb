import { sizeOf } from '../../numeric/ndarray.ts';
import type { GraphStep, JoinRequest, OperationGraph } from '../graph/graph.ts';
import type { LayerMoments } from '../graph/operation.ts';
import { layerNormalization } from '../operations/layerNormalization.ts';
import { gradientRule } from '../walk/composite.ts';
import { readSum, type Weight } from './sumReader.ts';

/**
 * Reads v · w − mean(v) · w + β with w = γ / √(mean((v − mean(v))²) + ε), as graphs write it, as the layer normalisation
 * that it is, where a rule is to meet it; the gradient is the same either way. The terms and factors may be in any
 * order. Steps keep their places, and those of the pieces before the last are left empty.
 */
export function joinNormalizations(
  graph: OperationGraph,
  { inner, rule }: JoinRequest,
): readonly (GraphStep | undefined)[] {
  const { steps } = graph;
  const makers = new Map(steps.map((step) => [step.output, step]));
  const joined: (GraphStep | undefined)[] = [...steps];
  for (const deviation of steps.flatMap((step) => deviationAt(step, makers) ?? [])) {
    const i = steps.findIndex(
      (step) => step.operation.kind === 'add' && normalizedBy(deviation, step, { makers, graph }),
    );
    const root = steps[i];
    const found = root && normalizedBy(deviation, root, { makers, graph });
    if (!root || !found || !areInner(found.pieces, root, inner)) continue;
    const { gamma, beta, pieces } = found;
    const operation = layerNormalization(root.operation, deviation.moments, () => ({
      ...(gamma && { gamma: gamma.read() }),
      ...(beta && { beta: beta.read() }),
    }));
    if (rule(operation, i) === gradientRule) continue;
    for (const piece of pieces) joined[steps.indexOf(piece)] = undefined;
    joined[i] = { operation, inputs: [deviation.value], output: root.output };
  }
  return joined;
}

type Makers = ReadonlyMap<number, GraphStep>;

/** The inverse r = 1 / √(mean((v − m)²) + ε) of the deviation of a value v from its mean m. */
interface Deviation {
  readonly value: number;
  readonly mean: number;
  readonly inverse: number;
  readonly moments: LayerMoments;
  readonly pieces: readonly GraphStep[];
}

function deviationAt(root: GraphStep, makers: Makers): Deviation | undefined {
  if (root.operation.applied?.name !== 'rsqrt') return undefined;
  const shifted = makers.get(root.inputs[0] as number);
  const variance = shifted && makers.get(shifted.inputs[0] as number);
  const squares = variance && makers.get(variance.inputs[0] as number);
  const numbers = shifted?.operation.applied?.numbers;
  const axes = variance && axesOfMean(variance);
  if (squares?.operation.applied?.name !== 'squaredDifference' || numbers?.['scale'] !== 1 || !axes) return undefined;
  const isMean = (mean: number, value: number): boolean => {
    const step = makers.get(mean);
    return step?.inputs[0] === value && String(axesOfMean(step)) === String(axes);
  };
  const [a, b] = squares.inputs as [number, number];
  const [value, mean] = isMean(b, a) ? [a, b] : [b, a];
  if (!isMean(mean, value)) return undefined;
  const moments = { axes, epsilon: numbers['shift'] as number };
  const pieces = [root, shifted, variance, squares, makers.get(mean) as GraphStep] as GraphStep[];
  return { value, mean, inverse: root.output, moments, pieces };
}

/** The axes along which a step takes the mean and keeps them; none of another step. */
function axesOfMean({ operation: { applied, batchAxes = 1 } }: GraphStep): readonly number[] | undefined {
  const { keepDims, ...axes } = applied?.numbers ?? {};
  if (applied?.name !== 'mean' || keepDims !== 1) return undefined;
  return Object.values(axes).map((axis) => (axis < 0 ? axis : axis + batchAxes - 1));
}

interface Normalized {
  readonly gamma: Weight | undefined;
  readonly beta: Weight | undefined;
  readonly pieces: readonly GraphStep[];
}

/** What a step adds up to, if it is the value less its mean, by a deviation. */
function normalizedBy(
  { value, mean, inverse, moments, pieces }: Deviation,
  root: GraphStep,
  { makers, graph }: { makers: Makers; graph: OperationGraph },
): Normalized | undefined {
  const sum = readSum(root.output, { makers, factors: [value, mean, inverse] });
  const termOf = (factor: number, sign: number) =>
    sum.terms.find(
      (term) => term.sign === sign && String([...term.factors].sort()) === String([factor, inverse].sort()),
    );
  const [plus, minus] = [termOf(value, 1), termOf(mean, -1)];
  if (sum.terms.length !== 2 || sum.shifts.length > 1 || !plus || !minus) return undefined;
  const [gamma, beta] = [plus.weight, sum.shifts[0]];
  const size = sizeOf(moments.axes.map((axis) => graph.shapes[value]?.at(axis) ?? 0));
  const fits = [gamma, beta].every((weight) => !weight || weight.read().size === size);
  if (!fits || gamma?.of !== minus.weight?.of) return undefined;
  return { gamma, beta, pieces: [...new Set([...pieces, ...sum.pieces])].filter((piece) => piece !== root) };
}

/** Whether nothing else reads what the pieces make. */
function areInner(pieces: readonly GraphStep[], root: GraphStep, inner: JoinRequest['inner']): boolean {
  const read = [...pieces, root].flatMap(({ inputs }) => inputs);
  return pieces.every(({ output }) => inner(output, read.filter((value) => value === output).length));
}
