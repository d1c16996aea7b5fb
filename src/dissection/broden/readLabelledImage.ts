import { decodeImage } from '../../image/files/decodeImage.ts';
import type { InputSampling } from '../../image/inputOptions.ts';
import type { PixelScale } from '../../image/pixelScale.ts';
import { toInput } from '../../image/toInput.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { LabelledImage } from '../../readings/labels.ts';
import type { BrodenRecord } from './brodenRecords.ts';
import { decodeLabels } from './decodeLabels.ts';
import { naming, type ReadFile } from './readNamed.ts';

/** What the images of a set have in common. */
export interface ImagePlan {
  readonly input: PixelScale & Omit<InputSampling, 'fit'>;
  /** The rows and columns of the labels. */
  readonly size: readonly [number, number];
  /** The numbers of the concepts. */
  readonly known: ReadonlySet<number>;
}

/** Reads and decodes an image and its labels; if something is wrong, the message names the file. */
export async function readLabelledImage(
  read: ReadFile,
  { image, size, planes, scalars }: BrodenRecord,
  plan: ImagePlan,
): Promise<LabelledImage> {
  assertSize(size, plan.size);
  assertKnown(scalars, plan.known, 'index.csv');
  const [input, ...decoded] = await Promise.all([
    inputOf(read, `images/${image}`, plan),
    ...planes.map((plane) => planeOf(read, `images/${plane}`, plan)),
  ]);
  return { image: input, planes: stacked(decoded, size), scalars, name: image };
}

async function inputOf(read: ReadFile, name: string, { input }: ImagePlan): Promise<ReturnType<typeof toInput>> {
  const picture = await naming(name, async () => decodeImage(await read(name)));
  // Labels cover the whole picture: nothing may be cut off.
  return toInput(picture, { ...input, fit: 'stretch' });
}

async function planeOf(read: ReadFile, name: string, { size, known }: ImagePlan): Promise<Uint16Array> {
  const numbers = await naming(name, async () => decodeLabels(await read(name), size));
  assertKnown(new Set(numbers), known, name);
  return numbers;
}

/** One plane above the other; one of zeros where there is none. */
function stacked(planes: readonly Uint16Array[], [height, width]: readonly [number, number]): LabelledImage['planes'] {
  const data = new Uint16Array(Math.max(planes.length, 1) * height * width);
  planes.forEach((plane, i) => data.set(plane, i * height * width));
  return { shape: [data.length / (height * width), height, width], data };
}

function assertSize(size: readonly [number, number], expected: readonly [number, number]): void {
  if (size[0] === expected[0] && size[1] === expected[1]) return;
  throw new VitrineError(
    'bad-argument',
    `"index.csv" expected ${expected.join('×')} labels as in the first row, got ${size.join('×')}`,
  );
}

function assertKnown(numbers: Iterable<number>, known: ReadonlySet<number>, name: string): void {
  for (const number of numbers) {
    if (number === 0 || known.has(number)) continue;
    throw new VitrineError(
      'bad-argument',
      `"${name}" expected numbers of label.csv that a category covers, or 0, got ${number}`,
    );
  }
}
