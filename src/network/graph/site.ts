import { assertIndex, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { nearestNames } from '../../numeric/nearestNames.ts';
import type { OpenShape, OperationGraph, Site } from './graph.ts';

/** The output of a layer by its address. Throws with near choices. */
export function findSite({ sites }: OperationGraph, address: string, argument: string): Site {
  if (typeof address !== 'string') {
    throw new VitrineError('bad-argument', `"${argument}" expected the address of a layer, got ${describe(address)}`);
  }
  const site = sites.get(address) ?? sites.get(address.replace(/#0(?=[/@:]|$)/g, ''));
  if (site) return site;
  const near = nearestNames(address, [...sites.keys()]);
  throw new VitrineError(
    'unknown-layer',
    `"${argument}" expected the address of a layer, got "${address}"; near: ${near.join(', ')}`,
  );
}

/** How a shape appears in messages: `[n, 12, 7]`, with `n` for what is open. */
export function openShapeText(shape: OpenShape): string {
  return `[${shape.map((length) => length ?? 'n').join(', ')}]`;
}

/**
 * Where in a layer: row and column of a plane; depth, row and column of a volume, or the number of a frame before what is
 * within it; the index in a sequence or a list of boxes.
 */
export type LayerPosition =
  | readonly [number]
  | readonly [number, number]
  | readonly [number, number, number]
  | readonly [number, number, number, number];

const axisNames: Readonly<Record<number, readonly string[]>> = {
  1: ['index'],
  2: ['row', 'column'],
  3: ['depth', 'row', 'column'],
};

/** How a position in a layer is written, such as `[row, column]`; nothing for layers without places. */
export function positionText({ shape, perFrame }: Pick<Site, 'shape' | 'perFrame'>): string | undefined {
  const axes = shape.length - 2;
  if (axes <= 0) return undefined;
  const within = perFrame === true && axes > 1 ? axes - 1 : axes;
  const names = axisNames[within] ?? Array.from({ length: within }, (_, axis) => `index ${axis}`);
  return `[${[...(within < axes ? ['frame'] : []), ...names].join(', ')}]`;
}

/** Refuses what is no position in a layer. */
export function assertPosition(
  argument: string,
  position: unknown,
  site: Pick<Site, 'address' | 'shape' | 'perFrame'>,
): void {
  const { address, shape } = site;
  const axes = shape.slice(1, -1);
  const layer = `layer "${address}" of shape ${openShapeText(shape)}`;
  if (axes.length === 0) throw new VitrineError('bad-argument', `"${argument}" expected none for ${layer}`);
  if (!Array.isArray(position) || position.length !== axes.length) {
    const what = axes.length === 1 ? `one number that picks one of the ${axes[0] ?? 'n'} places` : 'a place';
    throw new VitrineError(
      'bad-argument',
      `"${argument}" expected ${positionText(site)}, ${what} in ${layer}, got ${describe(position)}`,
    );
  }
  position.forEach((index: unknown, axis) =>
    assertIndex(index, axes[axis] ?? Number.POSITIVE_INFINITY, `${argument}[${axis}]`),
  );
}

/** The number of a position, counted along rows. */
export function positionNumber(position: LayerPosition, shape: readonly number[]): number {
  return position.reduce<number>((number, index, axis) => number * (shape[axis + 1] as number) + index, 0);
}

/** Refuses what is no number of rows and of columns. */
export function assertInputSize(inputSize: readonly [rows: number, columns: number]): void {
  const isLength = (length: unknown): boolean => Number.isInteger(length) && (length as number) > 0;
  if (Array.isArray(inputSize) && inputSize.length === 2 && inputSize.every(isLength)) return;
  throw new VitrineError(
    'bad-argument',
    `"inputSize" expected [rows, columns], two positive integers, got ${describe(inputSize)}`,
  );
}
