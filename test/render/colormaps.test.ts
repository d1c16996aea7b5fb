import * as chromatic from 'd3-scale-chromatic';
import { expect, test } from 'vitest';
import { type Colormap, colorTable } from '../../src/render/drawing/colormaps.ts';
import { distinctColors } from '../../src/render/drawing/colors.generated.ts';

type Interpolator = (t: number) => string;

/** The library's maps; those that go the other way there are turned round. */
const expected: Readonly<Record<Colormap, Interpolator>> = {
  RdBu: (t) => chromatic.interpolateRdBu(1 - t),
  PuOr: (t) => chromatic.interpolatePuOr(1 - t),
  PRGn: chromatic.interpolatePRGn,
  PiYG: (t) => chromatic.interpolatePiYG(1 - t),
  inferno: chromatic.interpolateInferno,
  viridis: chromatic.interpolateViridis,
  magma: chromatic.interpolateMagma,
  plasma: chromatic.interpolatePlasma,
  cividis: chromatic.interpolateCividis,
  turbo: chromatic.interpolateTurbo,
  greys: (t) => chromatic.interpolateGreys(1 - t),
  reds: chromatic.interpolateReds,
};

test.each(Object.keys(expected) as Colormap[])('colorTable(%o) is what d3-scale-chromatic gives', (colormap) => {
  const colors = Array.from({ length: 256 }, (_, i) => levelsOf(expected[colormap](i / 255)));
  expect([...colorTable(colormap)]).toEqual(colors.flat());
});

test('distinctColors are those of Tableau', () => {
  expect(distinctColors).toEqual(chromatic.schemeTableau10);
});

/** Of '#440154' or 'rgb(68, 1, 84)'. */
function levelsOf(color: string): number[] {
  if (!color.startsWith('#')) return (color.match(/\d+/g) ?? []).map(Number);
  return (color.match(/[0-9a-f]{2}/g) ?? []).map((pair) => Number.parseInt(pair, 16));
}
