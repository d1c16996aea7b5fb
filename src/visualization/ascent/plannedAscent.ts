import { heightAndWidth } from '../../image/maps/planes.ts';
import type { PictureSize } from '../../image/types.ts';
import { openShapeText } from '../../network/graph/site.ts';
import type { Network } from '../../network/network.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, sameShape } from '../../numeric/ndarray.ts';
import { random } from '../../numeric/random.ts';
import { adam } from '../../optimization/adam.ts';
import { fourier } from '../parameterizations/fourier/fourier.ts';
import type { PictureShape } from '../parameterizations/parameterization.ts';
import { standard } from '../transforms/sets.ts';
import type { Size } from '../transforms/transform.ts';
import type { Visualization, VisualizeOptions } from '../types.ts';
import type { Ascent, AscentStart } from './ascend.ts';
import { modelScale } from './modelScale.ts';
import { parametersOf } from './startPictures.ts';

/** What the ascents of one call have in common, and where each begins. */
export interface PlannedAscent extends Omit<Ascent, 'objective' | 'start' | 'group'> {
  readonly startOf: (group: number) => AscentStart;
  /** The steps that were made before. */
  readonly before: number;
}

/** Fills in what the options leave out, for a network and so many objectives. */
export function plannedAscent(network: Network, options: VisualizeOptions, objectives: number): PlannedAscent {
  const { count = 1, steps = 256, seed = 0, views = 1, redirected = 16, parameterization = fourier() } = options;
  const { size, channels } = inputOf(network);
  const shape: PictureShape = { count, size: sizeOption('size', options.size) ?? size, channels };
  const before = isEarlier(options.start) ? options.start.made : 0;
  if (isEarlier(options.start) && options.start.parameters.length !== objectives) throw ofOthers();
  const optimizer = optimizerOf(options);
  const first = (group: number): readonly NdArray[] => parameterization.start(shape, random(seed, group, 0));
  return {
    network,
    toModel: modelScale(options, channels),
    shape,
    parameterization,
    transforms: options.transforms ?? standard(),
    views,
    inputSize: sizeOption('inputSize', options.inputSize) ?? shape.size,
    optimizer,
    steps,
    redirected,
    snapshots: snapshotsOf(options, before, before + steps),
    seed,
    signal: options.signal,
    before,
    startOf(group) {
      const { start } = options;
      if (isEarlier(start)) return { ...continued(start, group, { like: first(group), optimizer }), before };
      if (start) return { parameters: parametersOf(start, { parameterization, shape, place: group }), before };
      return { parameters: first(group), before };
    },
  };
}

/** The one input of images that there must be: its size, where it is fixed, else 128, and its channels. */
function inputOf(network: Network): { readonly size: Size; readonly channels: number } {
  const [input, ...others] = network.inputs;
  const [, rows, columns, channels] = input.shape;
  if (others.length === 0 && input.shape.length === 4 && typeof channels === 'number')
    return { size: [rows ?? 128, columns ?? 128], channels };
  throw new VitrineError(
    'unsupported',
    `"model" expected one input of images [n, h, w, c], got ${network.inputs.map(({ shape }) => openShapeText(shape)).join(', ')}`,
  );
}

function sizeOption(argument: string, size: PictureSize | undefined): Size | undefined {
  return size === undefined ? undefined : heightAndWidth(argument, size);
}

function optimizerOf({ optimizer, learningRate }: VisualizeOptions): Ascent['optimizer'] {
  if (optimizer && learningRate !== undefined)
    throw new VitrineError('bad-argument', '"learningRate" expected without "optimizer", which has its own, got both');
  return optimizer ?? adam({ learningRate: learningRate ?? 0.05 });
}

function snapshotsOf({ snapshots }: VisualizeOptions, first: number, last: number): readonly number[] {
  const chosen = [...new Set(snapshots ?? [last])].sort((a, b) => a - b);
  const outside = chosen.find((step) => step < first || step > last);
  if (outside === undefined) return chosen;
  throw new VitrineError('bad-argument', `"snapshots" expected steps in ${first}..${last}, got ${outside}`);
}

function isEarlier(start: VisualizeOptions['start']): start is Visualization {
  return start !== undefined && 'parameters' in start && 'memory' in start && 'made' in start;
}

/** What an earlier result goes on from; one that was made otherwise, or of other objectives, fits nowhere. */
function continued(
  { parameters, memory }: Visualization,
  group: number,
  { like, optimizer }: { readonly like: readonly NdArray[]; readonly optimizer: Ascent['optimizer'] },
): Omit<AscentStart, 'before'> {
  const [own = [], remembered = []] = [parameters[group], memory[group]];
  const wanted = like.flatMap((parameter) => Array<NdArray>(optimizer.memories).fill(parameter));
  if (haveSameShapes(own, like) && haveSameShapes(remembered, wanted)) return { parameters: own, memory: remembered };
  throw ofOthers();
}

function ofOthers(): VitrineError {
  return new VitrineError(
    'bad-argument',
    '"start" expected an earlier result of the same objectives, "parameterization", "size", "count" and "optimizer", got one of others',
  );
}

function haveSameShapes(a: readonly NdArray[], b: readonly NdArray[]): boolean {
  return a.length === b.length && a.every(({ shape }, i) => sameShape(shape, (b[i] as NdArray).shape));
}
