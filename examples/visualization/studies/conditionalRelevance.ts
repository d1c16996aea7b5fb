import { contactSheet, encodePng, fromInput, heatmap, lrp, type NdArray, type Network, topImages } from 'vitrine';
import type { SheetCell } from 'vitrine/render';
import { scale } from '../network.ts';

const layer = 'block10_add';
const options = { bias: false };

/** The three units of a layer that speak most for the class of a photo, where they do so, and where else. */
export async function studyUnits(
  network: Network,
  images: readonly NdArray[],
  print: (line: string) => void,
): Promise<Uint8Array> {
  const x = images[0] as NdArray;
  const whole = await lrp(network, x, options);
  const relevances = await unitRelevances(network, x);
  const best = [...relevances.keys()].sort((a, b) => of(relevances, b) - of(relevances, a)).slice(0, 3);
  print(
    `${layer}: relevance ${best.map((unit) => `${fixed(of(relevances, unit))} of unit ${unit}`).join(', ')}, ${fixed(sum(relevances))} of all`,
  );
  await printSum(network, x, { whole: whole.values, units: relevances.length, print });
  const cells: SheetCell[] = [
    { picture: fromInput(x, scale), title: 'photo' },
    { picture: heatmap(whole, { symmetric: true }), title: 'all units' },
  ];
  for (const unit of best) {
    const conditional = await lrp(network, x, { ...options, through: { layer, unit } });
    cells.push({ picture: heatmap(conditional, { symmetric: true }), title: `through unit ${unit}` });
  }
  const found = { layer, unit: best, count: 5 };
  const [byRelevance, byActivation] = [
    await topImages(network, images, { ...found, ...options, by: 'relevance', target: whole.target?.[0] as number }),
    await topImages(network, images, found),
  ];
  for (const [i, unit] of best.entries()) {
    const places = [byRelevance, byActivation].map((top) => top[i]?.map(({ image }) => image) ?? []);
    print(`unit ${unit}: top images by relevance ${places[0]?.join(' ')}, by activation ${places[1]?.join(' ')}`);
    for (const image of places[0] ?? [])
      cells.push({ picture: fromInput(images[image] as NdArray, scale), title: `unit ${unit}` });
  }
  return encodePng(contactSheet(cells, { columns: 5, cellWidth: 128 }));
}

/** The relevance of each unit of the layer: of all places together. */
async function unitRelevances(network: Network, x: NdArray): Promise<Float64Array> {
  const { values } = await lrp(network, x, { ...options, layer });
  const sums = new Float64Array(values.shape.at(-1) as number);
  values.data.forEach((value, i) => {
    sums[i % sums.length] = of(sums, i % sums.length) + value;
  });
  return sums;
}

/** Conditional maps of disjoint sets of units add up to the whole map, less what goes around the layer. */
async function printSum(
  network: Network,
  x: NdArray,
  { whole, units, print }: { readonly whole: NdArray; readonly units: number; readonly print: (line: string) => void },
): Promise<void> {
  const total = new Float64Array(whole.data.length);
  for (let part = 0; part < 4; part++) {
    const unit = Array.from({ length: units }, (_, i) => i).filter((i) => i % 4 === part);
    const { values } = await lrp(network, x, { ...options, through: { layer, unit } });
    values.data.forEach((value, i) => {
      total[i] = of(total, i) + value;
    });
  }
  const largest = whole.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const apart = whole.data.reduce((most, value, i) => Math.max(most, Math.abs(value - of(total, i))), 0);
  print(
    `the maps of all units of ${layer} together differ from the whole map by ${(apart / largest).toExponential(1)} of its largest value; aim: at most 1e-4`,
  );
}

function fixed(value: number): string {
  return value.toFixed(2);
}

function of(values: ArrayLike<number>, place: number): number {
  return values[place] as number;
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
}
