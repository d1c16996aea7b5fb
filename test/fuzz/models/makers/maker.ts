import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Layer } from '../../../oracle/building.ts';
import type { Draws } from '../../draws.ts';

/** Without the batch axis. */
export type Shape = readonly number[];

/** A layer that can read a value of a shape, or nothing where none of its kind can. */
export type LayerMaker = (shape: Shape, draws: Draws) => Layer | undefined;

/** New values made from those that there are, the latest last, or nothing where none of them fit. */
export type ValueMaker = (values: readonly SymbolicTensor[], draws: Draws) => readonly SymbolicTensor[] | undefined;

/** Maps names of layers, as the factory functions of tfjs-layers have them, to what makes them. */
export type Makers<M = LayerMaker> = Readonly<Record<string, M>>;

/** The shape of a value without the batch axis. */
export function shapeOf({ shape }: SymbolicTensor): Shape {
  return shape.slice(1) as number[];
}

/** Layers that read any value. */
export function always(make: (draws: Draws, shape: Shape) => Layer): LayerMaker {
  return (shape, draws) => make(draws, shape);
}

/** Layers that read values with so many axes. */
export function ofRank(rank: number, make: (draws: Draws, shape: Shape) => Layer | undefined): LayerMaker {
  return (shape, draws) => (shape.length === rank ? make(draws, shape) : undefined);
}
