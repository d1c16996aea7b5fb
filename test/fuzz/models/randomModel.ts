import type { Variable } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { allLayers } from '../../../src/network/graph/layersModel.ts';
import { type NdArray, sizeOf } from '../../../src/numeric/ndarray.ts';
import { randomized } from '../../oracle/building.ts';
import { type Draws, draws } from '../draws.ts';
import { type Beginning, beginning } from './beginnings.ts';
import { type Ending, ending } from './endings.ts';
import { type Shape, shapeOf } from './makers/maker.ts';
import { makers } from './makers/table.ts';
import { putSomewhere, statefulOf } from './states.ts';

/** A random model with what it reads. */
export interface RandomModel extends Pick<Beginning, 'tokens'>, Pick<Ending, 'classifies'> {
  readonly seed: number;
  readonly model: LayersModel;
  /** Two examples. */
  readonly inputs: readonly NdArray[];
  /** What it was made of, in order. */
  readonly text: string;
  /** The classes of all of its layers, those inside of others too, and of what these apply. */
  readonly classes: string;
  /** Makes the same model again. */
  again(): RandomModel;
  /** Frees the weights of the model, and of layers that were tried and are no part of it. */
  dispose(): void;
}

/** A layer, or an activation. */
interface Described {
  getClassName(): string;
  readonly activation?: Described;
  readonly normalize?: boolean;
}

interface RandomModelOptions {
  /** How many makers are asked for layers. */
  readonly layers?: number | undefined;
  /** Whether nothing is added to what the inputs make. */
  readonly withoutBiases?: boolean;
}

const [largest, mostAxes] = [300, 4];

/**
 * The model of a seed: a beginning, as many layers as are asked for, an ending. A smaller model of the same seed begins
 * as the larger one does, so that what is wrong can be looked for in the smallest.
 */
export function randomModel(seed: number, options: RandomModelOptions = {}): RandomModel {
  const { layers = 1 + (seed % 8), withoutBiases = false } = options;
  const known = new Set(variables());
  const source = draws(seed);
  const { inputs, tokens, values: first, text: begun } = beginning(source);
  const { values, text } = grown(first, layers, source);
  const { outputs, classifies } = ending(values, inputs, draws(seed, 1));
  const made = (withoutBiases ? unbiased : randomized)(model({ inputs: [...inputs], outputs }), seed);
  putSomewhere(made, seed);
  const weights = variables().filter((variable) => !known.has(variable));
  return {
    seed,
    model: made,
    inputs: inputs.map((x, i) => examples(shapeOf(x), draws(seed, 2, i), tokens[i] as boolean)),
    text: [...begun, ...text].join('; '),
    classes: classesIn(made),
    classifies,
    tokens,
    again: () => randomModel(seed, options),
    dispose() {
      const stateful = statefulOf(values.map(({ sourceLayer }) => sourceLayer));
      tf.dispose([weights, stateful.map(({ states_ }) => states_)]);
    },
  };
}

/** What so many makers make of some values, and of what was made of them. */
function grown(
  first: readonly SymbolicTensor[],
  layers: number,
  source: Draws,
): { values: readonly SymbolicTensor[]; text: readonly string[] } {
  const [values, text] = [[...first], [] as string[]];
  for (let tries = 0; text.length < layers && tries < 100; tries++) {
    const name = source.oneOf(Object.keys(makers));
    const more = makers[name]?.(source.chance(0.25) ? anotherLast(values, source) : values, source);
    if (!more?.every(isSmall)) continue;
    values.push(...more);
    text.push(`${name} → ${more.map((value) => `[${shapeOf(value)}]`).join(' and ')}`);
  }
  return { values, text };
}

/** The same values, any of them where the latest was: a branch. */
function anotherLast(values: readonly SymbolicTensor[], source: Draws): SymbolicTensor[] {
  const last = source.oneOf(values);
  return [...values.filter((value) => value !== last), last];
}

function isSmall(value: SymbolicTensor): boolean {
  const shape = shapeOf(value);
  return sizeOf(shape) > 0 && sizeOf(shape) <= largest && shape.length <= mostAxes;
}

function unbiased(made: LayersModel, seed: number): LayersModel {
  for (const layer of allLayers(made as never)) {
    if (layer.getClassName() === 'Rescaling') Object.assign(layer, { offset: 0 });
  }
  for (const weight of randomized(made, seed).weights) {
    if (/bias|beta|moving_mean/.test(weight.name)) tf.tidy(() => void weight.write(tf.zerosLike(weight.read())));
  }
  return made;
}

function examples(shape: Shape, source: Draws, isWords: boolean): NdArray {
  const draw = isWords ? () => source.integer(7) : source.normal;
  return { shape: [2, ...shape], data: Float32Array.from({ length: 2 * sizeOf(shape) }, draw) };
}

function classesIn(made: LayersModel): string {
  const layers = [...allLayers(made as never)] as Described[];
  return layers
    .flatMap((layer) => [layer, ...(layer.activation ? [layer.activation] : [])])
    .map((part) => `${part.getClassName()}${'normalize' in part && part.normalize ? ', normalized' : ''}`)
    .join('; ');
}

function variables(): Variable[] {
  return Object.values(tf.engine().registeredVariables);
}
