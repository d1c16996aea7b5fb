import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { assertOptions, flag, type OptionChecks } from '../../numeric/options.ts';
import type { OpenShape, OperationGraph, Site } from '../graph/graph.ts';
import { assertInputSize, findSite } from '../graph/site.ts';
import { sizedGraph } from '../graph/sizedGraph.ts';
import type { Model } from '../types.ts';
import { centreOf, type Extent, type Field, fieldsOf } from './fields.ts';

type Pair = readonly [rows: number, columns: number];

/**
 * What the positions of a layer can see of the input, along rows and columns, in pixels; pixel 0 has its centre at 0.
 * Position i covers `low` + i·`jump` … `high` + i·`jump`, which may reach over the border of the input.
 */
export interface ReceptiveField {
  /** `high` − `low` + 1. */
  readonly size: readonly [rows: number, columns: number];
  /** From the field of a position to that of the next; 0 where every position sees the whole input. */
  readonly jump: readonly [rows: number, columns: number];
  /** The middle of the field of position 0. */
  readonly centre: readonly [rows: number, columns: number];
  /** The first pixel that position 0 covers. */
  readonly low: readonly [rows: number, columns: number];
  /** The last pixel that position 0 covers. */
  readonly high: readonly [rows: number, columns: number];
  /** How far the field of position 0 begins before the input: −`low`. */
  readonly effectivePadding: readonly [rows: number, columns: number];
  /** The rows and columns of the layer, 1 and 1 of a vector; `null` where they are open. */
  readonly outputLength: readonly [rows: number | null, columns: number | null];
  /** Whether the fields over all paths to the layer have the same centre; if not, they are enclosed by the one given. */
  readonly aligned: boolean;
  /** Whether every position sees the whole input: after global pooling, flattening, dense layers, gates. */
  readonly wholeInput: boolean;
}

/** Options of {@link receptiveField}. */
export interface ReceptiveFieldOptions {
  /** Rows and columns of the first input, where the model leaves them open. */
  readonly inputSize?: readonly [rows: number, columns: number];
  /** Whether to leave out factors that are the same for all positions; false by default. */
  readonly ignoreGates?: boolean;
}

/**
 * The theoretical receptive field of a layer: the part of the first input that each of its positions can depend on.
 *
 * A layer whose position o reads positions `a` + o·`s` … `b` + o·`s` of the layer before makes of a field
 * $$ \text{low}' = \text{low} + a\,j, \qquad \text{high}' = \text{high} + b\,j, \qquad j' = s\,j $$
 * with the jump j; of a convolution with kernel k, dilation d and p zeros before it, a = −p and b = (k − 1)d − p. Where
 * branches meet, the field is the smallest interval around theirs. Up-sampling and transposed convolution read
 * differently from position to position; their a is the least and their b the greatest of all positions, so that every
 * position depends on nothing outside its field, and may depend on a fraction less.
 *
 * Araujo, Norris and Sim, "Computing receptive fields of convolutional neural networks", Distill 2019, sections on the
 * field region and on arbitrary graphs; here with dilation and up-sampling, and for what 'same' pads at this input size.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled by `compile`; its first input has rows and columns, `[n, h, w, c]`.
 * @param layer address of a layer, `[n, h, w, c]` or `[n, u]`.
 * @param options `inputSize`, needed where the model leaves it open and the field depends on it: strided 'same' padding,
 * whole input. `ignoreGates` leaves out factors that are the same for all positions, such as squeeze-and-excitation
 * gates, through which every later position sees the whole input.
 * @returns numbers per axis, `[rows, columns]`, in pixels of the input.
 * @throws {VitrineError} if the layer is unknown, has no rows and columns, or does not depend on the first input, and if
 *   `inputSize` is missing, is no pair of positive integers, or is not that of the model.
 * @throws {VitrineError} if branches of different jump meet ("misaligned stride"), or data has its channels first.
 * @example
 * ```ts
 * import { receptiveField } from 'vitrine';
 * const { size, jump, centre } = receptiveField(model, 'conv3');
 * ```
 */
export function receptiveField(model: Model, layer: string, options: ReceptiveFieldOptions = {}): ReceptiveField {
  assertOptions(options, checks);
  const graph = sizedGraph(model, options.inputSize);
  const input = graph.inputs[0] as Site;
  assertHasPlane(input);
  assertChannelsLast(graph);
  const site = findSite(graph, layer, 'layer');
  assertHasPositions(site, options.inputSize);
  const field = fieldsOf(graph, options).get(site.value);
  if (!field)
    throw new VitrineError('no-path', `"layer" expected a layer that input "${input.address}" reaches, got "${layer}"`);
  if (field.problem) throw field.problem;
  return described(field.whole ? wholeOf(field, input) : field, site);
}

const checks: OptionChecks<ReceptiveFieldOptions> = {
  inputSize: (_, value) => assertInputSize(value as readonly [number, number]),
  ignoreGates: flag,
};

function described({ axes, aligned, whole }: Field, { shape }: Site): ReceptiveField {
  const along = (number: (extent: Extent) => number): Pair => [number(axes[0]), number(axes[1])];
  const [, rows = null, columns = null] = shape;
  return {
    size: along(({ size }) => size),
    jump: along(({ jump }) => jump),
    centre: along(centreOf),
    low: along(({ low }) => low),
    high: along(({ low, size }) => low + size - 1),
    effectivePadding: along(({ low }) => 0 - low),
    outputLength: shape.length === 2 ? [1, 1] : [rows, columns],
    aligned,
    wholeInput: whole,
  };
}

/** A field that is everywhere, as far as the input goes. */
function wholeOf(field: Field, { shape: [, rows, columns] }: Site): Field {
  if (typeof rows !== 'number' || typeof columns !== 'number') {
    throw new VitrineError(
      'bad-argument',
      '"inputSize" expected [rows, columns], got undefined: the layer sees the whole input, whose size the model leaves open',
    );
  }
  return { ...field, axes: [extentOf(rows), extentOf(columns)] };
}

function extentOf(length: number): Extent {
  return { low: 0, size: length, jump: 0 };
}

function assertHasPlane({ address, shape }: Site): void {
  if (shape.length === 4) return;
  const beyond = shape.length === 5 ? ': of volumes and of sequences of frames no field is told' : '';
  throw new VitrineError(
    'bad-argument',
    `"model" expected a first input [n, rows, columns, channels], got "${address}" ${listed(shape)}${beyond}`,
  );
}

function assertHasPositions({ address, shape }: Site, inputSize: Pair | undefined): void {
  if (shape.length !== 2 && shape.length !== 4) {
    throw new VitrineError(
      'bad-argument',
      `"layer" expected a layer with rows and columns or a vector, got "${address}" ${listed(shape)}`,
    );
  }
  if (shape.every((length) => length === null || length > 0)) return;
  throw new VitrineError('bad-argument', `"inputSize" is too small for layer "${address}": got ${describe(inputSize)}`);
}

function assertChannelsLast({ steps }: OperationGraph): void {
  // A layer that changes the order itself says so; another does it around what it is for.
  const found = steps.find(
    ({ operation: { kind, layerClass, applied } }) =>
      kind === 'permute' && !applied && layerClass !== 'Permute' && layerClass !== 'Transpose',
  );
  if (!found) return;
  const { address, layerClass } = found.operation;
  throw new VitrineError(
    'unsupported-layer',
    `"model" expected data with the channels last, got layer "${address}" (${layerClass}) with channels first`,
  );
}

function listed(shape: OpenShape): string {
  return `of shape [${shape.map((length) => length ?? 'null').join(', ')}]`;
}
