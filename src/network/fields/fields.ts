import { VitrineError } from '../../numeric/errors.ts';
import type { GraphStep, OpenShape, OperationGraph } from '../graph/graph.ts';
import { type PlaneReach, type Reach, reachesOf } from './reach.ts';

/** Where the receptive fields of a layer lie along one axis of the input, in pixels; pixel 0 has its centre at 0. */
export interface Extent {
  /** The first pixel of the field of position 0; NaN where it depends on an open length. */
  readonly low: number;
  readonly size: number;
  /** From a position to the next. */
  readonly jump: number;
}

/** The receptive fields of the positions of a value. */
export interface Field {
  readonly axes: readonly [rows: Extent, columns: Extent];
  /** Whether the fields over all paths have the same centre. */
  readonly aligned: boolean;
  /** Whether every position sees the whole input. */
  readonly whole: boolean;
  /** Why the numbers above do not tell all: the first obstacle on the way from the input. */
  readonly problem?: Error;
}

/** The fields of values, by their numbers. */
export type Fields = ReadonlyMap<number, Field>;

/**
 * The fields of all values in the first input, by one walk from it: forwards, since the centres of the paths that a
 * merge joins are known there only. None of values that it does not reach, or if it has no rows and columns.
 * `ignoreGates` leaves out factors that are the same for all positions.
 */
export function fieldsOf(graph: OperationGraph, { ignoreGates = false }: { ignoreGates?: boolean } = {}): Fields {
  const fields = new Map<number, Field>();
  const [input] = graph.inputs;
  if (input?.shape.length === 4) fields.set(input.value, { axes: [pixel, pixel], aligned: true, whole: false });
  for (const step of graph.steps) {
    const field = outputField(step, { shapes: graph.shapes, fields, ignoreGates });
    if (field) fields.set(step.output, field);
  }
  return fields;
}

/** The middle of the field of position 0. */
export function centreOf({ low, size }: Extent): number {
  return low + (size - 1) / 2;
}

const pixel: Extent = { low: 0, size: 1, jump: 1 };
const everywhere: Extent = { low: Number.NEGATIVE_INFINITY, size: Number.POSITIVE_INFINITY, jump: 0 };
const whole: Field = { axes: [everywhere, everywhere], aligned: true, whole: true };

/** What a walk has found so far. */
interface Found {
  readonly shapes: OperationGraph['shapes'];
  readonly fields: Fields;
  readonly ignoreGates: boolean;
}

/** A field and how a step reads the value that has it. */
interface Read {
  readonly field: Field;
  readonly reach: PlaneReach | 'all';
}

function outputField(
  { operation, inputs, output }: GraphStep,
  { shapes, fields, ignoreGates }: Found,
): Field | undefined {
  const found = inputs.map((value) => fields.get(value));
  if (found.every((field) => field === undefined || field.whole)) return found.find((field) => field !== undefined);
  const shapeOf = (value: number): OpenShape => shapes[value] as OpenShape;
  const reaches = reachesOf(operation, inputs.map(shapeOf), shapeOf(output));
  const all = found.flatMap((field, i): Read[] => (field ? [{ field, reach: reaches[i] ?? 'all' }] : []));
  const read = ignoreGates && operation.kind === 'multiply' ? withoutGates(all) : all;
  if (read.some(({ field, reach }) => field.whole || reach === 'all')) return whole;
  return merged(
    read.map(({ field, reach }) => through(field, reach as PlaneReach, operation.address)),
    operation.address,
  );
}

/** A gate is a factor that is spread over the plane of another one. */
function withoutGates(read: readonly Read[]): readonly Read[] {
  const planes = read.filter(({ reach }) => reach !== 'all');
  return planes.length > 0 ? planes : read;
}

function through(field: Field, [rows, columns]: PlaneReach, address: string): Field {
  const axes = [extended(field.axes[0], rows), extended(field.axes[1], columns)] as const;
  const isOpen = [rows, columns].some(({ low, extent, step }) => Number.isNaN(low + extent + step));
  return isOpen ? { ...field, axes, problem: field.problem ?? openSize(address) } : { ...field, axes };
}

/** The last pixel of a field is that of the last position that is read. */
function extended({ low, size, jump }: Extent, reach: Reach): Extent {
  return { low: low + reach.low * jump, size: size + reach.extent * jump, jump: jump * reach.step };
}

function merged(fields: readonly Field[], address: string): Field {
  const [first, ...others] = fields as [Field, ...Field[]];
  if (others.length === 0) return first;
  const along = (axis: 0 | 1): Extent[] => fields.map(({ axes }) => axes[axis]);
  const problem = fields.find((field) => field.problem)?.problem ?? misaligned(along(0), along(1), address);
  return {
    axes: [hull(along(0)), hull(along(1))],
    aligned: fields.every(({ aligned }) => aligned) && haveOneCentre(along(0)) && haveOneCentre(along(1)),
    whole: false,
    ...(problem && { problem }),
  };
}

/** The smallest extent around all; where it is open how they lie to each other, as large as the largest. */
function hull(extents: readonly Extent[]): Extent {
  const jumps = extents.map(({ jump }) => jump);
  const jump = areClose(jumps) ? (jumps[0] as number) : Number.NaN;
  const low = Math.min(...extents.map((extent) => extent.low));
  if (Number.isNaN(low)) return { low, size: Math.max(...extents.map(({ size }) => size)), jump };
  return { low, size: Math.max(...extents.map((extent) => extent.low + extent.size)) - low, jump };
}

function misaligned(rows: readonly Extent[], columns: readonly Extent[], address: string): Error | undefined {
  const jumps = [rows, columns].map((extents) => extents.map(({ jump }) => jump));
  const differing = jumps.find((values) => !areClose(values));
  if (!differing) return undefined;
  const found = differing.join(' and ');
  return new VitrineError(
    'unsupported-layer',
    `misaligned stride at layer "${address}": branches of jump ${found} pixels meet`,
  );
}

function openSize(address: string): VitrineError {
  return new VitrineError(
    'bad-argument',
    `"inputSize" expected [rows, columns], got undefined: what layer "${address}" reads depends on the size of the input, which the model leaves open`,
  );
}

function haveOneCentre(extents: readonly Extent[]): boolean {
  return areClose(extents.map(centreOf));
}

// Fractions of pixels come from up-sampling and are rounded.
function areClose(values: readonly number[]): boolean {
  return values.every((value) => Math.abs(value - (values[0] as number)) < 1e-9);
}
