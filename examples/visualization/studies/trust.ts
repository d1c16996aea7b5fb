import { contactSheet, encodePng, type NdArray, type Network, picturesOf, toInput, visualize } from 'vitrine';
import type { SheetCell } from 'vitrine/render';
import { naturalExamples, type PathCheck, pathCheck } from 'vitrine/visualization';
import { random } from '../../../src/numeric/random.ts';
import { lite0, scale, side } from '../network.ts';
import { patchesOf, photosOf } from '../patches.ts';
import { studyUnits } from './conditionalRelevance.ts';
import { studyCircuit } from './foolingCircuit.ts';

type Print = (line: string) => void;

/** What the study hands over besides its lines: sheets of pictures, as PNG. */
export interface TrustFindings {
  readonly sheets: Readonly<Record<'fooling' | 'paths' | 'units', Uint8Array>>;
}

/**
 * Whether made pictures take the paths of natural images, in a circuit that fools them and in EfficientNet-Lite0; and the
 * relevance that passes single units of that network.
 *
 * @param folder photos; the more there are, the more the scale of the path score can be relied on.
 */
export async function studyTrust(print: Print, folder = 'examples/images'): Promise<TrustFindings> {
  const fooling = await studyCircuit(print);
  const world = await lite0();
  const images = patchesOf(await photosOf(folder), 120);
  const paths = await studyPaths(world.network, images, print);
  const units = await studyUnits(world.network, images, print);
  world.dispose();
  return { sheets: { fooling, paths, units } };
}

const units = [
  ['block5_project_bn', 20],
  ['block10_project_bn', 20],
  ['block13_project_bn', 5],
] as const;
const layers = ['stem_bn', ...[1, 3, 5, 7, 10].map((block) => `block${block}_project_bn`)];

/** The curves of units: of a made picture, of noise, and of natural images that did not set the scale. */
async function studyPaths(network: Network, images: readonly NdArray[], print: Print): Promise<Uint8Array> {
  const cells: SheetCell[] = [];
  print(
    `path scores at ${layers.join(', ')}, each ± that of the natural images themselves; aim: noise at most 0.2, held-out natural images near 1`,
  );
  for (const [layer, unit] of units) {
    const objective = { layer, unit };
    const made = picturesOf(await visualize(network, objective, { ...scale, size: side, steps: 96 }));
    const [ranked = []] = await naturalExamples(network, images, { objectives: [objective], scale, count: 16 });
    // Those of the ranks 2, 4, 6 …; the others set the scale.
    const heldOut = new Set(ranked.filter((_, i) => i % 2 === 1).map(({ image }) => image));
    const rows: readonly (readonly [name: string, pictures: NdArray])[] = [
      ['made', joined(made.map((picture) => toInput(picture, { size: side, ...scale })))],
      ['noise', noise(4)],
      ['held-out natural', joined(images.filter((_, i) => heldOut.has(i)))],
    ];
    for (const [name, pictures] of rows) {
      const found = await pathCheck(network, pictures, {
        objective,
        images: images.filter((_, i) => !heldOut.has(i)),
        layers: layers.filter((name) => network.site(name).value < network.site(layer).value),
        count: 8,
      });
      print(`${layer} ${unit}, ${name}: ${lineOf(found)}`);
    }
    cells.push(...made.map((picture) => ({ picture, title: `${layer} ${unit}` })));
    cells.push(...ranked.slice(0, 4).map(({ picture }) => ({ picture, title: 'natural' })));
  }
  return encodePng(contactSheet(cells, { columns: 5, cellWidth: 128 }));
}

function noise(count: number): NdArray {
  const source = random(3);
  const shape = [count, side, side, 3];
  return { shape, data: Float32Array.from({ length: count * side * side * 3 }, () => 2 * source.uniform() - 1) };
}

function joined(rows: readonly NdArray[]): NdArray {
  const data = new Float32Array(rows.length * side * side * 3);
  rows.forEach((row, i) => data.set(row.data, i * row.data.length));
  return { shape: [rows.length, side, side, 3], data };
}

function lineOf({ curve, objective, natural }: PathCheck): string {
  const scores = curve.map(({ score, deviation }) =>
    score ? `${fixed(sum(score) / score.length)} ± ${fixed(deviation ?? 0)}` : '–',
  );
  return `objective ${fixed(sum(objective) / objective.length)} (best natural ${fixed(natural[0]?.objective ?? 0)}), path score ${scores.join(', ')}`;
}

function fixed(value: number): string {
  return value.toFixed(2);
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
}
