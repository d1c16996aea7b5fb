import type { NdArray, Network, Picture } from 'vitrine';
import { activations, contactSheet, encodePng, fromInput, picturesOf, toInput } from 'vitrine';
import type { SheetCell } from 'vitrine/render';
import { type CaricatureOptions, caricature } from 'vitrine/visualization';
import { lite0, scale, side } from '../network.ts';
import { photosOf } from '../patches.ts';

type Print = (line: string) => void;

/** What the study hands over besides its lines: a sheet for each layer, as PNG. */
export interface CaricatureFindings {
  readonly sheets: Readonly<Record<string, Uint8Array>>;
}

const layers = ['block6_add', 'block10_add'] as const;

/** How caricatures are drawn, and of how many photos. */
const ways: readonly (CaricatureWay & { readonly name: string; readonly photos: number })[] = [
  { name: 'power 0', photos: 1, power: 0 },
  { name: 'power 2', photos: 1, power: 2 },
  { name: 'power 4', photos: 1, power: 4 },
  { name: 'power 4, no transforms', photos: 3, power: 4, transforms: [] },
];

type CaricatureWay = Pick<CaricatureOptions, 'power' | 'transforms'>;

/** Whether a layer sees more of a photo in its caricature, and less of any other photo. */
export async function studyCaricature(print: Print, folder = 'examples/images'): Promise<CaricatureFindings> {
  const { network, dispose } = await lite0();
  const photos = (await photosOf(folder)).slice(0, 3);
  const inputs = photos.map((photo) => toInput(photo, { size: side, ...scale }));
  const sheets: Record<string, Uint8Array> = {};
  print('cosine between the features of a photo and of its caricature (aim > 0.9 and above that to any other photo)');
  for (const layer of layers) {
    const features = await Promise.all(inputs.map(async (x) => (await activations(network, x, [layer]))[layer]));
    const cells: SheetCell[] = inputs.map((x) => ({ title: 'photo', picture: fromInput(x, scale) }));
    for (const { name, photos: count, ...way } of ways) {
      for (const [i, x] of inputs.slice(0, count).entries()) {
        const { line, picture } = await drawn(network, x, { layer, features, i, way });
        print(`${layer.padEnd(12)} ${name.padEnd(24)} photo ${i}  ${line}`);
        cells.push({ title: name, picture });
      }
    }
    sheets[`caricature-${layer}`] = encodePng(contactSheet(cells, { columns: inputs.length, cellWidth: side }));
  }
  dispose();
  return { sheets };
}

interface Drawing {
  readonly layer: string;
  /** Of all photos. */
  readonly features: readonly NdArray[];
  /** Which photo it is. */
  readonly i: number;
  readonly way: CaricatureWay;
}

async function drawn(
  network: Network,
  x: NdArray,
  { layer, features, i, way }: Drawing,
): Promise<{ line: string; picture: Picture }> {
  const { images, cosine, gain } = await caricature(network, x, { ...scale, layer, ...way, steps: 256 });
  const picture = picturesOf(images)[0] as Picture;
  const found = (await activations(network, toInput(picture, scale), [layer]))[layer] as NdArray;
  const other = Math.max(...features.filter((_, k) => k !== i).map((feature) => cosineOf(feature, found)));
  const own = cosine[0] as number;
  const outcome = own > 0.9 && own > other ? 'reached' : 'missed';
  const line = `own ${own.toFixed(3)}  nearest other ${other.toFixed(3)}  gain ${(gain[0] as number).toFixed(2)}  ${outcome}`;
  return { line, picture };
}

function cosineOf(a: NdArray, b: NdArray): number {
  const product = (p: NdArray, q: NdArray): number =>
    p.data.reduce((sum, value, i) => sum + value * (q.data[i] as number), 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}
