import { fromInput } from '../../image/fromInput.ts';
import { type PixelScale, scaleChecks, scaleOfChannels } from '../../image/pixelScale.ts';
import type { Picture } from '../../image/types.ts';
import { assertArray, assertFiniteArray, assertInteger } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, integer, listOf, number, type OptionChecks, text } from '../../numeric/options.ts';
import { contactSheet, type SheetCell } from '../contactSheet.ts';
import { formatNumber } from '../formatNumber.ts';
import { assertAttack, type ShownAttack } from './assertAttack.ts';

/** Options of {@link adversarialTriples}, with how pixels become the numbers of the model. */
export type AdversarialTriplesOptions = PixelScale & {
  /** The names of the classes, in their order; their numbers by default. */
  readonly labels?: readonly string[];
  /** The examples to show, from 0; all by default. */
  readonly chosen?: readonly number[];
  /** How many times as large changes are shown; by default such that the greatest of the sheet is black or white. */
  readonly gain?: number;
  /** Above the whole sheet; none by default. */
  readonly title?: string;
  /** The width to which pictures are brought, before `magnification`; their own by default, at least 160. */
  readonly cellWidth?: number;
  /** Enlarges everything, text included; a whole number from 1 to 16, 1 by default. */
  readonly magnification?: number;
};

/**
 * What an attack has done: in each row an example, the change many times as large on middle grey, and the changed example, with
 * the classes, how probable the first class is before and after, and how large the change is in shades of 255.
 *
 * @param x the examples that were attacked, `[n, h, w, c]` with 1 or 3 channels.
 * @param found what the attack gave.
 * @param options `preprocessing`, `range`, or `mean` and `std`, how pixels became the examples; `channels`, `order`, `labels`, `chosen`, `gain`, `title`, `cellWidth`,
 * `magnification`.
 * @returns the sheet as a picture.
 * @throws {VitrineError} if the arrays are no pictures of one shape, or an option is not as described.
 * @example
 * ```ts
 * import { attacks } from 'vitrine/diagnosis';
 * import { adversarialTriples } from 'vitrine/render';
 * const scale = { range: [-1, 1] } as const;
 * const found = await attacks.pgd(model, x, { epsilon: 0.1, ...scale, steps: 5 });
 * const sheet = adversarialTriples(x, found, scale);
 * ```
 */
export function adversarialTriples(x: NdArray, found: ShownAttack, options: AdversarialTriplesOptions): Picture {
  assertOptions(options, checks);
  assertArray('x', x, [4]);
  assertFiniteArray('x', x);
  assertAttack('found', found, x);
  const { labels, chosen, gain, title, cellWidth, magnification, ...scale } =
    options ?? ({} as AdversarialTriplesOptions);
  const rows = chosen ?? Array.from({ length: x.shape[0] as number }, (_, row) => row);
  rows.forEach((row, i) => assertInteger(`chosen[${i}]`, row, [0, (x.shape[0] as number) - 1]));
  const changes = changesOf(x, found.adversarial, scale);
  const shown = { x, changes, scale, gain: gain ?? fullGain(changes, rows), name: nameOf(labels), found };
  const sheet = { ...(title && { title }), ...(cellWidth && { cellWidth }), ...(magnification && { magnification }) };
  return contactSheet(
    rows.flatMap((row) => tripleOf(row, shown)),
    { columns: 3, ...sheet },
  );
}

const checks: OptionChecks<AdversarialTriplesOptions> = {
  ...scaleChecks,
  labels: listOf(text),
  chosen: listOf(integer(0)),
  gain: number(0),
  title: text,
  cellWidth: integer(1),
  magnification: integer(1, 16),
};

interface Shown {
  readonly x: NdArray;
  /** In shades of 255. */
  readonly changes: NdArray;
  readonly scale: PixelScale;
  readonly gain: number;
  readonly name: (label: number) => string;
  readonly found: ShownAttack;
}

function tripleOf(row: number, { x, changes, scale, gain, name, found }: Shown): readonly SheetCell[] {
  const { label, classes, confidence, adversarial, success } = found;
  const mine = name(label[row] as number);
  const likely = (share: Float32Array): string => `${mine}: ${formatNumber(Number((share[row] as number).toFixed(3)))}`;
  const most = greatest(changes, [row]);
  const grey = changes.data.map((change) => 127.5 + gain * change);
  const order = scaleOfChannels(scale, x.shape[3] as number).order[0] === 0 ? 'rgb' : 'bgr';
  return [
    {
      picture: fromInput(x, { ...scale, example: row }),
      title: name(classes.before[row] as number),
      subtitle: likely(confidence.before),
    },
    {
      picture: fromInput({ shape: changes.shape, data: grey }, { mean: 0, order, example: row }),
      title: `the change × ${formatNumber(gain)}`,
      subtitle: `at most ${formatNumber(most)} of 255 shades`,
    },
    {
      picture: fromInput(adversarial, { ...scale, example: row }),
      title: `${name(classes.after[row] as number)}${success[row] ? '' : ' (failed)'}`,
      subtitle: likely(confidence.after),
    },
  ];
}

function nameOf(labels: readonly string[] | undefined): (label: number) => string {
  return (label) => labels?.[label] ?? `class ${label}`;
}

/** Changes in shades of 255. */
function changesOf(x: NdArray, adversarial: NdArray, scale: PixelScale): NdArray {
  const channels = x.shape[3] as number;
  const { std } = scaleOfChannels(scale, channels);
  const data = x.data.map(
    (value, i) => ((adversarial.data[i] as number) - value) * Math.abs(std[i % channels] as number),
  );
  return { shape: x.shape, data };
}

function greatest({ shape, data }: NdArray, rows: readonly number[]): number {
  const size = data.length / (shape[0] as number);
  const of = (row: number): number =>
    data.subarray(row * size, (row + 1) * size).reduce((most, change) => Math.max(most, Math.abs(change)), 0);
  return rows.reduce((most, row) => Math.max(most, of(row)), 0);
}

/** A whole number where there is one, so that the eye can undo it. */
function fullGain(changes: NdArray, rows: readonly number[]): number {
  const most = greatest(changes, rows);
  if (most === 0) return 1;
  return most < 127.5 ? Math.floor(127.5 / most) : 127.5 / most;
}
