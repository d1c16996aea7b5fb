import { descendingOrder } from '../../numeric/correlation.ts';
import type { PrincipalDirections } from '../../numeric/linear/principalDirections.ts';
import { dot, norm } from '../../numeric/linear/vectors.ts';
import type { OutputComponent, OutputExtreme, OutputExtremes } from './types.ts';

/** What components are made from. */
export interface Whitened {
  readonly principal: PrincipalDirections;
  /** The whitened outputs of all images, `[images, components]`. */
  readonly whitened: Float64Array;
  /** How many classes and images are named at either end. */
  readonly examples: number;
}

/** The component of a row of V among whitened outputs, $V D^{-1/2} E^T$ divided by its length. */
export function componentOf(row: ArrayLike<number>, { principal, whitened, examples }: Whitened): OutputComponent {
  const { variances, directions } = principal;
  const unscaled = new Float64Array(directions[0]?.length ?? 0);
  for (let i = 0; i < row.length; i++) {
    const share = (row[i] as number) / Math.sqrt(variances[i] as number);
    for (let k = 0; k < unscaled.length; k++) unscaled[k]! += share * (directions[i]?.[k] as number);
  }
  const coordinates = Float64Array.from({ length: whitened.length / row.length }, (_, image) =>
    dot(row, whitened.subarray(image * row.length, (image + 1) * row.length)),
  );
  const scale = (meanPower(coordinates, 3) < 0 ? -1 : 1) / norm(unscaled);
  const direction = unscaled.map((value) => scale * value);
  const projections = coordinates.map((value) => scale * value);
  const variance = meanPower(projections, 2);
  return {
    direction,
    variance,
    kurtosis: meanPower(projections, 4) / variance ** 2 - 3,
    classes: extremesOf(direction, examples),
    images: extremesOf(projections, examples),
  };
}

function extremesOf(values: Float64Array, count: number): OutputExtremes {
  const order = Array.from(
    descendingOrder(values),
    (index): OutputExtreme => ({ index, value: values[index] as number }),
  );
  return { top: order.slice(0, count), bottom: order.slice(-count).reverse() };
}

function meanPower(values: Float64Array, power: number): number {
  return values.reduce((sum, value) => sum + value ** power, 0) / values.length;
}
