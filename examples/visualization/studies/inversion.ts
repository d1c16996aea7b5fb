import type { NdArray, Network, Picture } from 'vitrine';
import { contactSheet, encodePng, fromInput, optimizers, picturesOf, predict, toInput, topClasses } from 'vitrine';
import type { SheetCell } from 'vitrine/render';
import { type InvertOptions, invert } from 'vitrine/visualization';
import { lite0, scale, side } from '../network.ts';
import { photosOf } from '../patches.ts';

type Print = (line: string) => void;

/** What the study hands over besides its lines: a sheet with the inversions of each photo, as PNG. */
export interface InversionFindings {
  readonly sheets: Readonly<Record<string, Uint8Array>>;
}

/** The last layer of each block, and the most that its features may be off: nothing is asked of later ones. */
const layers: readonly (readonly [layer: string, block: number, aim: number])[] = [
  ['block0_project_bn', 0, 0.1],
  ['block2_add', 2, 0.1],
  ['block4_add', 4, 0.1],
  ['block5_project_bn', 5, 0.1],
  ['block6_add', 6, 0.1],
  ['block8_project_bn', 8, 0.3],
  ['block10_add', 10, 0.3],
  ['block13_add', 13, 0.3],
];

/** Settings that are compared where the features are hardest to reach. */
const settings: Readonly<Record<string, Partial<InvertOptions>>> = {
  'as it is': {},
  'no smoothness': { smoothness: 0 },
  'smoothness 100': { smoothness: 100 },
  'learning rate 0.1': { learningRate: 0.1 },
  'learning rate 0.025': { learningRate: 0.025 },
  'β₂ of Adam 0.99': { optimizer: optimizers.adam({ learningRate: 0.05, beta2: 0.99 }) },
  '512 steps': { steps: 512 },
};

/** What layers of different depth keep of photos: how near their features can be reached, and what the network calls the result. */
export async function studyInversion(print: Print, folder = 'examples/images'): Promise<InversionFindings> {
  const { network, labels, dispose } = await lite0();
  const sheets: Record<string, Uint8Array> = {};
  for (const [i, photo] of (await photosOf(folder)).slice(0, 3).entries()) {
    const [name, sheet] = await studyPhoto({ network, labels, photo }, print);
    sheets[`inversion-${i}-${name}`] = sheet;
  }
  const [first] = await photosOf(folder);
  await compareSettings(network, toInput(first as Picture, { size: side, ...scale }), print);
  dispose();
  return { sheets };
}

interface Studied {
  readonly network: Network;
  readonly labels: readonly string[];
  readonly photo: Picture;
}

async function studyPhoto(
  { network, labels, photo }: Studied,
  print: Print,
): Promise<[name: string, sheet: Uint8Array]> {
  const x = toInput(photo, { size: side, ...scale });
  const [own] = await classesOf(network, labels, x);
  const cells: SheetCell[] = [{ title: `the photo: ${own}`, picture: fromInput(x, scale) }];
  print(`\n${own}: relative error of the features after 200 steps (squares; root), and the place of its class`);
  for (const [layer, block, aim] of layers) {
    const { images, inputs, error } = await invert(network, x, { ...scale, layer, steps: 200 });
    const found = error[0] as number;
    const place = 1 + (await classesOf(network, labels, inputs)).indexOf(own as string);
    const isFound = block > 10 || (place > 0 && place <= 3);
    print(
      `${layer.padEnd(18)} ${found.toFixed(3)} (aim < ${aim}: ${said(found < aim)})  root ${Math.sqrt(found).toFixed(3)}  place ${place} ${block > 10 ? '' : `(aim ≤ 3: ${said(isFound)})`}`,
    );
    cells.push({ title: layer, picture: picturesOf(images)[0] as Picture });
  }
  return [(own as string).replace(/\W+/g, '-'), encodePng(contactSheet(cells, { columns: 3, cellWidth: side }))];
}

/** The names of all classes, the likeliest first. */
async function classesOf(network: Network, labels: readonly string[], x: NdArray): Promise<readonly string[]> {
  const { values } = await predict(network, x, { scale: 'logit' });
  return (topClasses(values, labels.length, labels)[0] ?? []).map(({ label }) => label as string);
}

async function compareSettings(network: Network, x: NdArray, print: Print): Promise<void> {
  print('\nblock6_add of the first photo, other settings');
  for (const [name, setting] of Object.entries(settings)) {
    const { error } = await invert(network, x, { ...scale, layer: 'block6_add', steps: 200, ...setting });
    print(`${name.padEnd(20)} ${(error[0] as number).toFixed(4)}`);
  }
}

function said(isReached: boolean): string {
  return isReached ? 'reached' : 'missed';
}
