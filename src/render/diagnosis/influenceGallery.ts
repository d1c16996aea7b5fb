import { fromInput } from '../../image/fromInput.ts';
import { picture } from '../../image/picture.ts';
import { type PixelScale, scaleChecks } from '../../image/pixelScale.ts';
import type { Picture } from '../../image/types.ts';
import { assertArray, assertFiniteArray, assertInteger, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, rowOf } from '../../numeric/ndarray.ts';
import { assertOptions, integer, listOf, type OptionChecks, text } from '../../numeric/options.ts';
import { contactSheet, type SheetCell } from '../contactSheet.ts';
import { formatNumber } from '../formatNumber.ts';

/** Pictures `[n, h, w, c]` with 1 or 3 channels, as a model takes them, and the class of each. */
export interface ShownExamples {
  readonly images: NdArray;
  readonly labels: ArrayLike<number>;
}

/** Options of {@link influenceGallery}, with how pixels become the numbers of the model. */
export type InfluenceGalleryOptions = PixelScale & {
  /** How many images of each kind a row has, 4 by default; no more than there are. */
  readonly count?: number;
  /** The names of the classes, in their order; their numbers by default. */
  readonly labels?: readonly string[];
  /** The test images to show, from 0; all by default. */
  readonly chosen?: readonly number[];
  /** Above the whole sheet; none by default. */
  readonly title?: string;
  /** The width to which pictures are brought, before `magnification`; their own by default, at least 160. */
  readonly cellWidth?: number;
  /** Enlarges everything, text included; a whole number from 1 to 16, 1 by default. */
  readonly magnification?: number;
};

/**
 * Which training images a network owes its answers to: in each row a test image, the training images without which its loss
 * would rise most, and those without which it would fall most, each with its label and by how much.
 *
 * @param examples `{training, test}`, each `{images, labels}`, as `influence` was given them.
 * @param found what `influence` gave: `lossChangeIfRemoved`, `[t, n]`.
 * @param options `preprocessing`, `range`, or `mean` and `std`, how pixels became the examples; `channels`, `order`, `count`,
 * `labels`, `chosen`, `title`, `cellWidth`, `magnification`.
 * @returns the sheet as a picture.
 * @throws {VitrineError} if the arrays do not fit each other, or an option is not as described.
 * @example
 * ```ts
 * import { influenceGallery } from 'vitrine/render';
 * const training = { images: x, labels: [0, 1] };
 * const found = { lossChangeIfRemoved: { shape: [1, 2], data: Float32Array.of(0.2, -0.1) } };
 * const test = { images: { shape: [1, 16, 16, 3], data: x.data.slice(0, 768) }, labels: [1] };
 * const sheet = influenceGallery({ training, test }, found, { range: [-1, 1], count: 1 });
 * ```
 */
export function influenceGallery(
  examples: { readonly training: ShownExamples; readonly test: ShownExamples },
  found: { readonly lossChangeIfRemoved: NdArray },
  options: InfluenceGalleryOptions,
): Picture {
  assertOptions(options, checks);
  const {
    count: wanted = 4,
    labels,
    chosen,
    title,
    cellWidth,
    magnification,
    ...scale
  } = options ?? ({} as InfluenceGalleryOptions);
  const [training, test] = [examplesOf('training', examples), examplesOf('test', examples)];
  const changes = changesOf(found, training, test);
  const count = Math.min(wanted, training.labels.length);
  const rows = chosen ?? Array.from(test.labels, (_, row) => row);
  rows.forEach((row, i) => assertInteger(`chosen[${i}]`, row, [0, test.labels.length - 1]));
  const shown: Shown = { training, test, changes, scale, count, name: (label) => labels?.[label] ?? `class ${label}` };
  const sheet = { ...(title && { title }), ...(cellWidth && { cellWidth }), ...(magnification && { magnification }) };
  return contactSheet(
    rows.flatMap((row) => rowCells(row, shown)),
    { columns: 1 + 2 * count, ...sheet },
  );
}

const checks: OptionChecks<InfluenceGalleryOptions> = {
  ...scaleChecks,
  count: integer(1),
  labels: listOf(text),
  chosen: listOf(integer(0)),
  title: text,
  cellWidth: integer(1),
  magnification: integer(1, 16),
};

interface Shown {
  readonly training: ShownExamples;
  readonly test: ShownExamples;
  readonly changes: NdArray;
  readonly scale: PixelScale;
  readonly count: number;
  readonly name: (label: number) => string;
}

function rowCells(row: number, { training, test, changes, scale, count, name }: Shown): readonly SheetCell[] {
  const values = rowOf(changes, row);
  const order = Array.from(values, (_, i) => i).sort((a, b) => (values[b] as number) - (values[a] as number));
  const helpful = order.filter((i) => (values[i] as number) > 0).slice(0, count);
  const harmful = order
    .filter((i) => (values[i] as number) < 0)
    .slice(-count)
    .reverse();
  const cellOf = (i: number): SheetCell => ({
    picture: fromInput(training.images, { ...scale, example: i }),
    title: name(training.labels[i] as number),
    subtitle: `${(values[i] as number) > 0 ? 'helps: +' : 'harms: '}${formatNumber(values[i] as number)}`,
  });
  const asked = {
    picture: fromInput(test.images, { ...scale, example: row }),
    title: name(test.labels[row] as number),
  };
  const filled = (found: readonly number[], subtitle: string): readonly SheetCell[] =>
    Array.from({ length: count }, (_, i) =>
      i < found.length ? cellOf(found[i] as number) : { ...nothing(test.images), subtitle },
    );
  return [
    { ...asked, subtitle: `test image ${row}` },
    ...filled(helpful, 'none helps'),
    ...filled(harmful, 'none harms'),
  ];
}

/** A white picture of the size of the others. */
function nothing({ shape }: NdArray): SheetCell {
  const [, high, wide] = shape as [number, number, number];
  return { picture: picture(wide, high, new Uint8ClampedArray(4 * high * wide).fill(255)) };
}

function examplesOf(
  part: 'training' | 'test',
  examples: { readonly training: ShownExamples; readonly test: ShownExamples },
): ShownExamples {
  const given = (examples as Partial<typeof examples> | null | undefined)?.[part];
  if (typeof given !== 'object' || given === null)
    throw new VitrineError('bad-argument', `"examples.${part}" expected {images, labels}, got ${describe(given)}`);
  const { images, labels } = given;
  assertArray(`examples.${part}.images`, images, [4]);
  assertFiniteArray(`examples.${part}.images`, images);
  const count = images.shape[0] as number;
  if (!(Array.isArray(labels) || ArrayBuffer.isView(labels)) || labels.length !== count)
    throw new VitrineError('bad-shape', `"examples.${part}.labels" expected ${count} classes, got ${describe(labels)}`);
  Array.from(labels as ArrayLike<number>).forEach((label, i) =>
    assertInteger(`examples.${part}.labels[${i}]`, label, [0, Number.POSITIVE_INFINITY]),
  );
  return given;
}

function changesOf(
  found: { readonly lossChangeIfRemoved: NdArray },
  training: ShownExamples,
  test: ShownExamples,
): NdArray {
  const changes = (found as Partial<typeof found> | null | undefined)?.lossChangeIfRemoved as NdArray;
  assertArray('found.lossChangeIfRemoved', changes, [2]);
  assertFiniteArray('found.lossChangeIfRemoved', changes);
  const [tests, count] = [test.labels.length, training.labels.length];
  if (changes.shape[0] === tests && changes.shape[1] === count) return changes;
  throw new VitrineError(
    'bad-shape',
    `"found.lossChangeIfRemoved" expected [${tests}, ${count}], got [${changes.shape.join(', ')}]`,
  );
}
