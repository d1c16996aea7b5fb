import { VitrineError } from '../../numeric/errors.ts';
import type { MapSource } from '../maps/mapSource.ts';
import type { ExplanatoryGraph, GraphLayer } from '../types.ts';

/** Refuses maps of other layers than those that a graph was fitted to. */
export function assertFits(graph: ExplanatoryGraph, source: MapSource): void {
  assertSame('image size', graph.imageSize, source.imageSize);
  graph.layers.forEach((layer, i) => {
    const other = source.layers[i] as MapSource['layers'][number];
    assertSame(`size of layer "${layer.name}"`, sizesOf(layer), sizesOf(other));
    assertSame(`centre of layer "${layer.name}"`, layer.centre, other.centre);
    assertSame(`jump of layer "${layer.name}"`, layer.jump, other.jump);
  });
}

function sizesOf({ size, units }: Pick<GraphLayer, 'size' | 'units'>): readonly number[] {
  return [...size, units];
}

function assertSame(what: string, expected: readonly number[], got: readonly number[]): void {
  if (expected.every((number, i) => number === got[i])) return;
  throw new VitrineError(
    'bad-argument',
    `"graph" expected the model that it was fitted to, with ${what} [${expected.join(', ')}], got [${got.join(', ')}]`,
  );
}
