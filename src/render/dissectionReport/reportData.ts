import type { LayerGallery, TopImage, UnitGallery } from '../../dissection/index.ts';
import { litMask } from '../../dissection/shared.ts';
import type { ConceptMatch, Dissection, UnitReport } from '../../dissection/types.ts';
import { assertPicture } from '../../image/assertPicture.ts';
import { toBase64 } from '../../image/files/base64.ts';
import { encodePng } from '../../image/files/encodePng.ts';
import { resize } from '../../image/resize.ts';
import type { Picture } from '../../image/types.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { categoryColors, conceptLabel, orderedCategories } from './concepts.ts';
import { runLengths } from './maskRuns.ts';

/** What the page knows of an image of a unit. */
export interface ReportImage {
  readonly image: number;
  readonly activation: number;
  /** The unit's mask at the pixels of the picture, as `runLengths`. */
  readonly mask: readonly number[];
}

/** What the page knows of a unit. */
export interface ReportUnit {
  readonly unit: number;
  readonly threshold: number;
  readonly detector: boolean;
  /** The best concept of each category, the best of all first. */
  readonly matches: readonly ConceptMatch[];
  readonly images: readonly ReportImage[];
}

/** A picture as the page shows it; it is there once, however many units share it. */
export interface ReportPicture {
  readonly width: number;
  readonly height: number;
  /** A data URI. */
  readonly source: string;
}

/** What the page of a report works on. */
export interface ReportData {
  readonly categories: readonly string[];
  readonly colors: Readonly<Record<string, string>>;
  readonly layers: readonly { readonly name: string; readonly units: readonly ReportUnit[] }[];
  readonly pictures: Readonly<Record<number, ReportPicture>>;
}

/** The units of all layers, and the pictures, at most `pictureSize` pixels wide and high. */
export function reportData(
  layers: Readonly<Record<string, Dissection>>,
  gallery: UnitGallery | undefined,
  pictureSize: number,
): ReportData {
  const categories = orderedCategories(Object.values(layers).flatMap((layer) => layer.categories));
  const shown = Object.entries(gallery?.pictures ?? {}).map(([image, picture]): [string, Picture] => {
    assertPicture(`gallery.pictures[${image}]`, picture);
    return [image, within(picture, pictureSize)];
  });
  const pictures = new Map(shown.map(([image, picture]) => [Number(image), picture]));
  return {
    categories,
    colors: categoryColors(categories),
    layers: Object.entries(layers).map(([name, dissection]) => {
      const own = gallery?.layers[name];
      assertUnits(name, dissection, own);
      return { name, units: dissection.units.map((unit) => unitOf(unit, own, pictures)) };
    }),
    pictures: Object.fromEntries(shown.map(([image, picture]) => [image, embedded(picture)])),
  };
}

function assertUnits(name: string, { units }: Dissection, gallery: LayerGallery | undefined): void {
  if (!gallery || gallery.units.length === units.length) return;
  throw new VitrineError(
    'bad-argument',
    `"gallery.layers.${name}" expected ${units.length} units, got ${gallery.units.length}`,
  );
}

function unitOf(
  { unit, threshold, detector, best, byCategory }: UnitReport,
  gallery: LayerGallery | undefined,
  pictures: ReadonlyMap<number, Picture>,
): ReportUnit {
  const others = Object.values(byCategory).filter(({ category }) => category !== best?.category);
  others.sort((a, b) => b.iou - a.iou);
  const matches = [...(best ? [best] : []), ...others];
  const upsampling = gallery?.upsampling ?? 'fill';
  return {
    unit,
    threshold,
    detector,
    matches: matches.map((match) => ({ ...match, concept: conceptLabel(match) })),
    images: (gallery?.units[unit] ?? []).map(({ image, activation, map }: TopImage): ReportImage => {
      const picture = pictures.get(image);
      if (!picture)
        throw new VitrineError('bad-argument', `"gallery.pictures" expected a picture of image ${image}, got none`);
      const mask = litMask(map, { threshold, upsampling }, [picture.height, picture.width]);
      return { image, activation, mask: runLengths(mask) };
    }),
  };
}

function within(picture: Picture, size: number): Picture {
  const factor = size / Math.max(picture.width, picture.height);
  if (factor >= 1) return picture;
  const side = (length: number): number => Math.max(1, Math.round(length * factor));
  return resize(picture, [side(picture.height), side(picture.width)], { antialias: true });
}

function embedded(picture: Picture): ReportPicture {
  const source = `data:image/png;base64,${toBase64(encodePng(picture))}`;
  return { width: picture.width, height: picture.height, source };
}
