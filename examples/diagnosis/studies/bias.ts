import { installKernels } from 'vitrine';
import { type AttributeRelations, attributeRelations, coOccurrence, eraseAndWatch } from 'vitrine/diagnosis';
import { sharedEvidence } from 'vitrine/render';
import { indexedPng } from '../../pictures/indexedPng.ts';
import { type MarkedPictures, markedPictures, markMask, markNames, trainMarks } from '../worlds/attributes.ts';

type Print = (line: string) => void;
type Pair = readonly [number, number];

/** What the study hands over besides its lines. */
export interface BiasFindings {
  readonly sheets: Readonly<Record<string, Uint8Array>>;
}

const attributes = markNames.map((name, target) => ({ name, target }));

/**
 * Six marks at six places, two of which coincide in 95 of 100 training pictures: whether the shared evidence is found on
 * pictures in which they do not, with what, and what erasing shows.
 */
export async function studyBias(print: Print): Promise<BiasFindings> {
  const restore = installKernels({ replace: true });
  const unbiased = markedPictures(120, { seed: 990_000 });
  const nets: readonly { readonly seed: number; readonly pair: Pair }[] = [0, 1].flatMap((seed) =>
    (
      [
        [0, 1],
        [2, 4],
      ] as const
    ).map((pair) => ({ seed, pair })),
  );
  const ranks = { contribution: [] as number[], gradient: [] as number[] };
  const sheets: Record<string, Uint8Array> = {};
  print(
    '| net | pattern | rank by KL | rank by cosine | planted pair | chance | all others |\n| --- | --- | ---: | ---: | ---: | ---: | ---: |',
  );
  for (const { seed, pair } of nets) {
    const training = markedPictures(2000, { seed: 1 + 10_000 * seed, pair });
    const model = await trainMarks(training, { seed });
    for (const pattern of ['contribution', 'gradient'] as const) {
      const found = await attributeRelations(model, unbiased.images, {
        layer: 'conv3',
        attributes,
        pattern,
        batchSize: 20,
      });
      ranks[pattern].push(rowOf(found, pair, { seed, pattern }, print));
      if (seed === 0 && pattern === 'contribution' && pair[0] === 0) sheets['shared'] = sheetOf(found, unbiased);
    }
    if (seed === 0) await erased(model, pair, unbiased.images, print);
    if (seed === 0) printLabels(training.labels, pair, print);
    model.dispose();
  }
  restore();
  for (const [pattern, list] of Object.entries(ranks)) {
    const met = list.every((rank) => rank === 1);
    print(
      `planted pair first of 15 by KL, ${pattern}: in ${list.filter((rank) => rank === 1).length} of 4 nets (aim: 4 of 4, ${met ? 'met' : 'missed'})`,
    );
  }
  return { sheets };
}

/** The two most surprising pairs over a picture that has all marks. */
function sheetOf(found: AttributeRelations, { images, labels }: MarkedPictures): Uint8Array {
  const count = images.shape[0] as number;
  const full = Array.from({ length: count }, (_, i) => i).find((i) =>
    labels.data.subarray(6 * i, 6 * (i + 1)).every((has) => has === 1),
  );
  return indexedPng(sharedEvidence(images, found, { range: [0, 1], count: 2, example: full ?? 0, cellWidth: 144 }));
}

interface RowFacts {
  readonly seed: number;
  readonly pattern: string;
}

function rowOf(found: AttributeRelations, [i, j]: Pair, { seed, pattern }: RowFacts, print: Print): number {
  const isPlanted = ({ places }: AttributeRelations['pairs'][number]): boolean => places[0] === i && places[1] === j;
  const byCosine = [...found.pairs].sort((a, b) => Math.abs(b.mean) - Math.abs(a.mean));
  const planted = found.pairs.find(isPlanted) as AttributeRelations['pairs'][number];
  const others = found.pairs.filter((pair) => !isPlanted(pair)).map(({ mean }) => mean);
  const rank = found.pairs.findIndex(isPlanted) + 1;
  const cells = [
    `${planted.names.join(' and ')}, seed ${seed}`,
    pattern,
    rank,
    byCosine.findIndex(isPlanted) + 1,
    `${planted.mean.toFixed(2)} ± ${planted.deviation.toFixed(2)}`,
    planted.chance.toFixed(2),
    `${Math.min(...others).toFixed(2)} to ${Math.max(...others).toFixed(2)}`,
  ];
  print(`| ${cells.join(' | ')} |`);
  return rank;
}

/** What erasing the place of each mark does to the two that coincide, in pictures that have both. */
async function erased(
  model: Parameters<typeof eraseAndWatch>[0],
  pair: Pair,
  images: Parameters<typeof eraseAndWatch>[1],
  print: Print,
): Promise<void> {
  const places = markNames.map((name, mark) => ({ name, mask: markMask(mark) }));
  const watched = pair.map((mark) => attributes[mark] as (typeof attributes)[number]);
  const { fall, control } = await eraseAndWatch(model, images, {
    attributes: watched,
    places,
    controls: 2,
    batchSize: 32,
  });
  const lines = places.map(({ name }, p) => {
    const cells = watched.map((_, k) => `${fixed(fall.data[p * 2 + k])} (${fixed(control.data[p * 2 + k])})`);
    return `|   ${name} erased | ${cells.join(' | ')} |`;
  });
  print(
    `\n| how far the logit falls (elsewhere) | ${watched.map(({ name }) => name).join(' | ')} |\n| --- | ---: | ---: |\n${lines.join('\n')}\n`,
  );
}

function printLabels(labels: Parameters<typeof coOccurrence>[0], [i, j]: Pair, print: Print): void {
  const { phi, jaccard } = coOccurrence(labels);
  print(
    `in the training labels: φ ${fixed(phi.data[i * 6 + j])}, Jaccard ${fixed(jaccard.data[i * 6 + j])}; they say nothing of the net`,
  );
}

function fixed(value: number | undefined): string {
  return (value as number).toFixed(2);
}
