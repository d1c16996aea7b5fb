import type { AttributeRelations } from '../../diagnosis/index.ts';
import { fromInput } from '../../image/fromInput.ts';
import { type PixelScale, scaleChecks } from '../../image/pixelScale.ts';
import type { Picture } from '../../image/types.ts';
import { assertArray } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, integer, listOf, type OptionChecks, object, text } from '../../numeric/options.ts';
import { contactSheet, type SheetCell } from '../contactSheet.ts';
import { formatNumber } from '../formatNumber.ts';
import { overlay } from '../overlay.ts';
import { assertPairs, assertTable, type ShownPair } from './assertRelations.ts';

/** What is shown of evidence that attributes share. */
export type ShownEvidence = Pick<AttributeRelations, 'attributes' | 'shared'> & {
  readonly pairs: readonly ShownPair[];
};

/** Options of {@link sharedEvidence}, with how pixels become the numbers of the model. */
export type SharedEvidenceOptions = PixelScale & {
  /** How many pairs are shown, the most surprising first; 3 by default. */
  readonly count?: number;
  /** Over which of the images, 0 by default. */
  readonly example?: number;
  /** Above the whole sheet; none by default. */
  readonly title?: string;
  /** The width to which pictures are brought, before `magnification`; their own by default, at least 160. */
  readonly cellWidth?: number;
  /** Enlarges everything, text included; a whole number from 1 to 16, 1 by default. */
  readonly magnification?: number;
};

/**
 * Where two attributes are seen, and where the evidence lies that they share: in each row one of the most surprising pairs, over
 * one image.
 *
 * The maps are means over all images that `attributeRelations` was given, so they show places rather than things; each has its own colours.
 *
 * @param x images `[n, h, w, c]` with 1 or 3 channels, as a model takes them.
 * @param relations what `attributeRelations` gave for a layer with rows and columns.
 * @param options `preprocessing`, `range`, or `mean` and `std`, how pixels became the images; `channels`, `order`, `count`,
 * `example`, `title`, `cellWidth`, `magnification`.
 * @returns the sheet as a picture: one attribute, the other, what both share.
 * @throws {VitrineError} if the relations are none, or have no places, or an option is not as described.
 * @example
 * ```ts
 * import { attributeRelations } from 'vitrine/diagnosis';
 * import { sharedEvidence } from 'vitrine/render';
 * const attributes = [0, 1].map((target) => ({ name: `attribute ${target}`, target }));
 * const relations = await attributeRelations(model, x, { layer: 'conv3', attributes });
 * const sheet = sharedEvidence(x, relations, { range: [-1, 1], count: 1 });
 * ```
 */
export function sharedEvidence(x: NdArray, relations: ShownEvidence, options: SharedEvidenceOptions): Picture {
  assertOptions(options, checks);
  const {
    count = 3,
    example = 0,
    title,
    cellWidth,
    magnification,
    ...scale
  } = options ?? ({} as SharedEvidenceOptions);
  assertArray('x', x, [4]);
  const shared = sharedOf(relations);
  const picture = fromInput(x, { ...scale, example });
  const cells = relations.pairs.slice(0, count).flatMap((pair) => rowCells(pair, { ...relations, shared, picture }));
  const sheet = { ...(title && { title }), ...(cellWidth && { cellWidth }), ...(magnification && { magnification }) };
  return contactSheet(cells, { columns: 3, ...sheet });
}

const checks: OptionChecks<SharedEvidenceOptions> = {
  ...scaleChecks,
  count: integer(1),
  example: integer(0),
  title: text,
  cellWidth: integer(1),
  magnification: integer(1, 16),
};

interface Shown {
  readonly attributes: readonly string[];
  readonly shared: NdArray<Float64Array>;
  readonly picture: Picture;
}

function rowCells({ places: [i, j], mean }: ShownPair, { attributes, shared, picture }: Shown): readonly SheetCell[] {
  const cell = (one: number, other: number, title: string, subtitle: string): SheetCell => ({
    picture: overlay(picture, mapOf(shared, one, other), { fit: 'stretch' }),
    title,
    subtitle,
  });
  const [one, other] = [attributes[i] as string, attributes[j] as string];
  return [
    cell(i, i, one, 'its evidence'),
    cell(j, j, other, 'its evidence'),
    cell(i, j, `${one} and ${other}`, `shared, cosine ${formatNumber(mean)}`),
  ];
}

function mapOf({ shape, data }: NdArray<Float64Array>, one: number, other: number): NdArray {
  const [k, , height, width] = shape as [number, number, number, number];
  const at = (one * k + other) * height * width;
  return { shape: [height, width], data: Float32Array.from(data.subarray(at, at + height * width)) };
}

function sharedOf(relations: ShownEvidence): NdArray<Float64Array> {
  object('relations', relations);
  const { attributes, pairs, shared } = relations;
  listOf(text)('relations.attributes', attributes);
  assertPairs(pairs, attributes.length);
  if (shared === undefined)
    throw new VitrineError(
      'bad-argument',
      '"relations.shared" expected maps, got none: the layer has no rows and columns',
    );
  assertArray('relations.shared', shared, [4]);
  const k = attributes.length;
  assertTable('relations.shared', shared, [k, k, ...shared.shape.slice(2)]);
  return shared;
}
