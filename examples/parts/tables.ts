import { table } from '../study/table.ts';
import { ways } from './localization.ts';
import { studyLayers } from './maps.ts';
import { partNames } from './photos.ts';
import { type CategoryStudy, unitKinds } from './study.ts';
import { type Agreement, levels } from './trees.ts';

/** The tables of a study in Markdown, by title. */
export function studyTables(study: CategoryStudy): readonly (readonly [title: string, text: string])[] {
  return [
    ['Location instability', steadinessTable(study)],
    ['Part interpretability', coverageTable(study)],
    ['Parts from three annotations', localizationTable(study)],
    ['Decision tree', treeTable(study)],
  ];
}

function steadinessTable({ layers }: CategoryStudy): string {
  const rows = layers.flatMap(({ steadiness }, layer) => {
    const { nulls } = steadiness.filters;
    const chance = [nulls.random, nulls.constant, nulls.centre].map((value, k) => [
      `\`${studyLayers[layer]?.name}\`, ${['random position', 'best constant position', 'middle'][k]}`,
      '',
      decimals(value),
      '',
      k === 0 ? '' : decimals(nulls.vector),
      '',
      '',
    ]);
    const measured = unitKinds.map((kind) => {
      const { units, instability, vector, strangers, constant } = steadiness[kind];
      return [
        `\`${studyLayers[layer]?.name}\`, ${kind}`,
        units.toFixed(0),
        decimals(instability),
        decimals(strangers.instability),
        decimals(vector),
        decimals(strangers.vector),
        percent(constant),
      ];
    });
    return [...measured, ...chance];
  });
  return table(
    [
      'units',
      'how many',
      'instability ↓',
      'parts of other photos',
      'of vectors ↓',
      'parts of other photos',
      'constant',
    ],
    rows,
  );
}

function coverageTable({ layers }: CategoryStudy): string {
  return table(
    [
      'layer',
      'mean filter ↑',
      'parts of other photos',
      'best filter ↑',
      'parts of other photos',
      'best constant disc',
      'radius',
    ],
    layers.map(({ coverage: { radius, filters, best, strangers, constant } }, layer) => [
      `\`${studyLayers[layer]?.name}\``,
      decimals(filters),
      decimals(strangers.filters),
      decimals(best),
      decimals(strangers.best),
      decimals(constant),
      radius.toFixed(1),
    ]),
  );
}

function localizationTable({ localization }: CategoryStudy): string {
  return table(
    ['found by', ...partNames.flatMap((part) => [`${part}: distance ↓`, 'in box ↑', 'IoU ≥ 0.5 ↑'])],
    ways.map((way) => [
      way,
      ...localization.flatMap((part) => [
        decimals(part[way].distance),
        percent(part[way].inBox),
        percent(part[way].detected),
      ]),
    ]),
  );
}

function treeTable({ tree }: CategoryStudy): string {
  const cells = ({ fitness, same, error }: Agreement): readonly string[] => [
    Number.isNaN(fitness) ? '' : decimals(fitness),
    percent(same),
    decimals(error),
  ];
  const rows = table(
    ['level', 'nodes', 'own: fitness ↑', 'same ↑', 'error ↓', 'other: fitness ↑', 'same ↑', 'error ↓'],
    tree.levels.map(({ own, others }, level) => [
      String(levels[level]),
      own.nodes.toFixed(1),
      ...cells(own),
      ...cells(others),
    ]),
  );
  const { objects, negatives } = tree.taken;
  return `${rows}\n\nThe network takes ${percent(objects)} of the objects for the category, and ${percent(negatives)} of the other photos.`;
}

function decimals(value: number): string {
  return value.toFixed(3);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
