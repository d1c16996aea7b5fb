import { type NdArray, type Network, toInput } from 'vitrine';
import type { Adversarial } from 'vitrine/diagnosis';
import { readPicture } from 'vitrine/node';
import { adversarialTriples } from 'vitrine/render';
import { indexedPng } from '../../../pictures/indexedPng.ts';
import { lite0, scale, side } from '../../../visualization/network.ts';
import { photoAttacks } from './photoAttacks.ts';
import { survivingOf } from './surviving.ts';

type Print = (line: string) => void;

/** What one attack made of the photo; lengths are in shades of 255. */
export interface PhotoRow {
  readonly name: string;
  readonly found: Adversarial;
  readonly after: string;
  readonly l2: number;
  readonly linf: number;
  readonly seconds: number;
  /** The greatest and the Euclidean change once it is lengthened so far that whole shades keep it; none where none do. */
  readonly kept: { readonly l2: number; readonly linf: number } | undefined;
}

/** The smallest change that each attack finds for the photo of a cat, which EfficientNet-Lite0 takes for an Egyptian cat. */
export async function studyPhoto(
  print: Print,
): Promise<{ readonly rows: readonly PhotoRow[]; readonly sheets: Readonly<Record<string, Uint8Array>> }> {
  const { network, labels, dispose } = await lite0();
  const x = toInput(await readPicture('examples/images/chelsea.png'), { size: side, ...scale });
  print('\nEfficientNet-Lite0, the photo of a cat: the smallest change by each attack, in shades of 255\n');
  print(
    'attack                norm   L2       L∞      pixels  class afterwards      label   rounding  kept at L2, L∞   passes      s',
  );
  const rows: PhotoRow[] = [];
  for (const [name, run] of Object.entries(photoAttacks(network, x)))
    rows.push(printed(print, await measured({ network, labels, x }, name, run)));
  const sheets = sheetsOf(x, rows, labels);
  dispose();
  return { rows, sheets };
}

interface Photo {
  readonly network: Network;
  readonly labels: readonly string[];
  readonly x: NdArray;
}

async function measured(
  { network, labels, x }: Photo,
  name: string,
  run: () => Promise<Adversarial>,
): Promise<PhotoRow> {
  const started = performance.now();
  const found = await run();
  const seconds = (performance.now() - started) / 1000;
  const { distances, success, classes } = found;
  return {
    name,
    found,
    seconds,
    after: success[0] ? (labels[classes.after[0] as number] as string) : 'fails',
    l2: (distances.l2[0] as number) * scale.std,
    linf: (distances.linf[0] as number) * scale.std,
    kept: success[0] ? await survivingOf(network, x, found) : undefined,
  };
}

function printed(print: Print, row: PhotoRow): PhotoRow {
  const { name, found, after, l2, linf, seconds, kept } = row;
  const pixels = Math.ceil(changedPixels(found.distances.l0[0] as number));
  const passes = (found.queries[0] as number) + (found.gradients[0] as number);
  const cells = [
    name.padEnd(21),
    found.norm.padEnd(5),
    l2.toFixed(2).padStart(7),
    linf.toFixed(3).padStart(8),
    String(pixels).padStart(8),
    ` ${after.padEnd(20)}`,
    (found.confidence.after[0] as number).toFixed(3).padStart(6),
    (found.success[0] ? (found.rounded[0] ? 'survives' : 'undone') : '–').padEnd(9).padStart(10),
    (kept ? `${kept.l2.toFixed(0)}, ${kept.linf.toFixed(0)}` : '–').padStart(14),
    String(passes).padStart(8),
    seconds.toFixed(1).padStart(7),
  ];
  print(cells.join(' '));
  return row;
}

/** At least so many pixels hold so many changed numbers. */
function changedPixels(numbers: number): number {
  return numbers / 3;
}

/** The shortest change in each norm, and that of fewest pixels that succeeded. */
function sheetsOf(
  x: NdArray,
  rows: readonly PhotoRow[],
  labels: readonly string[],
): Readonly<Record<string, Uint8Array>> {
  const turned = rows.filter(({ found }) => found.success[0]);
  const least = (of: (row: PhotoRow) => number): PhotoRow =>
    turned.reduce((best, row) => (of(row) < of(best) ? row : best));
  const sheetOf = ({ found, name }: PhotoRow): Uint8Array =>
    indexedPng(adversarialTriples(x, found, { ...scale, labels, cellWidth: 160, title: name }));
  return { l2: sheetOf(least(({ l2 }) => l2)), linf: sheetOf(least(({ linf }) => linf)) };
}
