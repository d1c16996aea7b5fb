import { writeFile } from 'node:fs/promises';
import { contactSheet, encodePng, objectives, type Picture, picturesOf, visualize } from 'vitrine';
import type { ReportSection, SheetCell } from 'vitrine/render';
import { type NaturalExample, naturalExamples, type Objective, type Visualization } from 'vitrine/visualization';
import { scale } from '../network.ts';
import type { World } from './world.ts';

/** What is made a picture of. */
interface Wanted {
  readonly name: string;
  readonly objective: Objective;
}

/** Units of layers of one depth. */
interface Depth {
  readonly title: string;
  readonly text: string;
  readonly units: readonly (readonly [layer: string, unit: number])[];
}

const depths: readonly Depth[] = [
  {
    title: 'Early units: edges and colors',
    text: 'The first block sees a few pixels at a time: lines of a direction, and borders between colors.',
    units: [1, 3, 8, 11].map((unit) => ['block1_project_bn', unit]),
  },
  {
    title: 'Middle units: textures',
    text: 'Half way up, lines have become curls, fur, weaves and rings.',
    units: [0, 15, 21, 24].map((unit) => ['block7_project_bn', unit]),
  },
  {
    title: 'Late units: parts and objects',
    text: 'Late units put textures together: eyes in scales or feathers, round fruit, a dog.',
    units: [3, 7, 12, 20].map((unit) => ['block10_project_bn', unit]),
  },
];

/** Twelve units with the natural patches that they like best. */
export async function unitSections(world: World): Promise<readonly ReportSection[]> {
  const sections: ReportSection[] = [];
  const cells: SheetCell[] = [];
  for (const { title, text, units } of depths) {
    const wanted = units.map(([layer, unit]) => ({
      name: `${layer} ${unit}`,
      objective: objectives.channel(layer, unit),
    }));
    const { section, made } = await shown(world, wanted, { size: 128, steps: 256 });
    sections.push({ title, text: `${text} ${besideText}`, ...section });
    cells.push(...made.map((picture, i) => ({ picture, title: wanted[i]?.name ?? '' })));
  }
  await writeFile(`${world.folder}/units.png`, encodePng(contactSheet(cells, { columns: 4, cellWidth: 128 })));
  return sections;
}

/** Four classes. */
export async function classSection(world: World): Promise<readonly ReportSection[]> {
  const wanted = [281, 340, 949, 967].map((index) => ({
    name: world.labels[index] ?? '',
    objective: objectives.logit(index),
  }));
  const { section } = await shown(world, wanted, { size: 160, steps: 320 });
  const text =
    'A class is climbed by its logit. Pictures of classes are noisier than those of units, and show many views of a thing at once. Three photos have few of these things: their best patches are what comes nearest.';
  return [{ title: 'Four classes', text, ...section }];
}

const besideText =
  'To the right of each picture are the patches, of three photos and of drawn scenes, that excite the unit most.';

interface Shown {
  readonly section: Pick<ReportSection, 'pictures' | 'table'>;
  readonly made: readonly Picture[];
}

/** A sheet with a row for each objective, and a table of what was measured. */
async function shown(
  { network, images }: World,
  wanted: readonly Wanted[],
  { size, steps }: { size: number; steps: number },
): Promise<Shown> {
  const list = wanted.map(({ objective }) => objective);
  const seen = await visualize(network, list, { ...scale, size, steps, snapshots: [0, steps] });
  const natural = await naturalExamples(network, images, { objectives: list, scale, count: 3 });
  const made = picturesOf(seen).slice(wanted.length);
  const sheet = contactSheet(
    wanted.flatMap(({ name }, i) => rowOf(name, made[i] as Picture, natural[i] ?? [])),
    { columns: 4, cellWidth: size },
  );
  const caption = `${steps} steps at ${size} pixels; beside each picture its best patches`;
  return { section: { pictures: [{ picture: sheet, caption }], table: tableOf(wanted, seen, natural) }, made };
}

function rowOf(name: string, picture: Picture, natural: readonly NaturalExample[]): readonly SheetCell[] {
  const patches = natural.map(({ patch }, i) => ({ picture: patch, title: i === 0 ? 'best patches' : '' }));
  return [{ picture, title: name }, ...patches];
}

function tableOf(
  wanted: readonly Wanted[],
  { objective: { data } }: Visualization,
  natural: readonly (readonly NaturalExample[])[],
): NonNullable<ReportSection['table']> {
  return {
    columns: ['objective', 'start', 'end', '≥ 2 × its start', 'best patch', 'end / best patch'],
    rows: wanted.map(({ name }, i) => {
      const [start, end] = [data[i] as number, data[wanted.length + i] as number];
      const best = natural[i]?.[0]?.objective as number;
      return [name, start, end, end >= 2 * Math.abs(start), best, best > 0 ? end / best : null];
    }),
  };
}
