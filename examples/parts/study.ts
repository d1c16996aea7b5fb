import type { Model, NdArray } from 'vitrine';
import type { FeatureMaps, LayerInference, LayerMaps } from 'vitrine/graph';
import type { PeakPositions } from 'vitrine/metrics';
import { joined } from '../scenes/rows.ts';
import { type Coverage, coverage, meanCoverage } from './coverage.ts';
import { type Found, halfOf, localization, meanFound, type Way, ways } from './localization.ts';
import { chosenFilters, mapsOf, studyLayers } from './maps.ts';
import { type Photo, partNames } from './photos.ts';
import { type Search, searchOf } from './search.ts';
import { meanSteadiness, picked, type Steadiness, steadiness } from './steadiness.ts';
import { meanTreeStudy, type TreeStudy, treeStudy } from './trees.ts';

/** Units of a layer whose steadiness is measured. */
export const unitKinds = [
  'filters',
  'nodes, photos of the fit',
  'nodes, other photos',
  'parts of filters, other photos',
] as const;

/** What the study finds of one category, or on average of several. */
export interface CategoryStudy {
  readonly layers: readonly {
    readonly steadiness: Readonly<Record<(typeof unitKinds)[number], Steadiness>>;
    readonly coverage: Coverage;
  }[];
  /** By part. */
  readonly localization: readonly Readonly<Record<Way, Found>>[];
  readonly tree: TreeStudy;
}

export interface StudyPictures {
  readonly category: string;
  readonly photos: readonly Photo[];
  readonly negatives: NdArray;
  /** Of the negatives, before the rectifiers. */
  readonly negativeMaps: FeatureMaps;
  /** Of each layer. */
  readonly filters: number;
}

/** Studies a category: graphs of all photos and of each half, what they find, and a tree of each half. */
export async function categoryStudy(
  model: Model,
  { category, photos, negatives, negativeMaps, filters }: StudyPictures,
  log: (text: string) => void,
): Promise<CategoryStudy> {
  const chosen = chosenFilters(filters);
  const objects = joined(photos.map(({ input }) => input));
  const before = await mapsOf(model, objects, { stage: 'bn', chosen });
  const after = await mapsOf(model, objects, { stage: 'relu', chosen });
  const images = Array.from(photos.keys());
  const halves = [0, 1].map((half) => images.filter((image) => halfOf(image) === half));
  const searches: Search[] = [];
  for (const own of [images, ...halves]) {
    searches.push(await searchOf(before, own, negativeMaps));
    log(`${category}: graph of ${own.length} photos`);
  }
  const [whole, ...ofHalves] = searches as [Search, Search, Search];
  const layers = studyLayers.map(({ name, size }, place) => {
    const { centre, jump } = before.layers[name] as LayerMaps;
    const measured = (located: PeakPositions, of: readonly number[]): Steadiness =>
      steadiness(
        located,
        of.map((image) => photos[image] as Photo),
        { size, centre, jump },
      );
    const onOthers = (units: (search: Search) => readonly number[] | undefined): Steadiness =>
      meanSteadiness(
        ofHalves.map((search, half) => {
          const [others, own] = [halves[1 - half] as readonly number[], units(search)];
          return measured(
            picked(search.inference[name] as LayerInference, { images: others, ...(own && { units: own }) }),
            others,
          );
        }),
      );
    return {
      steadiness: {
        filters: measured(whole.located[place] as PeakPositions, images),
        'nodes, photos of the fit': measured(whole.inference[name] as LayerInference, images),
        'nodes, other photos': onOthers(() => undefined),
        'parts of filters, other photos': onOthers(({ parts }) => parts[name]),
      },
      coverage: coverage(after.layers[name] as LayerMaps, photos),
    };
  });
  log(`${category}: layers`);
  const found = partNames.map((_, part) => localization({ whole, halves: ofHalves }, photos, part));
  log(`${category}: parts`);
  const tree = await treeStudy(model, { objects, negatives, category });
  log(`${category}: trees`);
  return { layers, localization: found, tree };
}

export function meanStudy(all: readonly CategoryStudy[]): CategoryStudy {
  return {
    layers: studyLayers.map((_, layer) => {
      const own = all.flatMap(({ layers }) => layers[layer] ?? []);
      return {
        steadiness: Object.fromEntries(
          unitKinds.map((kind) => [kind, meanSteadiness(own.map((one) => one.steadiness[kind]))]),
        ) as CategoryStudy['layers'][number]['steadiness'],
        coverage: meanCoverage(own.map((one) => one.coverage)),
      };
    }),
    localization: partNames.map((_, part) => {
      const own = all.flatMap((one) => one.localization[part] ?? []);
      return Object.fromEntries(ways.map((way) => [way, meanFound(own.map((one) => one[way]))])) as Record<Way, Found>;
    }),
    tree: meanTreeStudy(all.map(({ tree }) => tree)),
  };
}
