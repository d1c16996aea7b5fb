import {
  attributeRelations,
  coOccurrence,
  eraseAndWatch,
  repairReport,
  withoutDirection,
  withoutUnits,
} from '../../../src/diagnosis/index.ts';
import { compile, type Network } from '../../../src/network/index.ts';
import type { Given } from './given.ts';
import { type PublicCalls, said, sent } from './sent.ts';

const pictures = (given: Given) => given.input([3, 12, 12, 3], 2);
const attributes = () => [
  { name: 'first', target: 0 },
  { name: 'second', target: 1 },
];

/** What attributes have in common, and what repairs change. */
export const biasCalls: PublicCalls = {
  attributeRelations: (given) =>
    sent(attributeRelations, given.pictures, pictures(given), {
      layer: 'top',
      attributes: attributes(),
      pattern: 'contribution',
      share: 0.5,
      expected: [
        ['unrelated', 'positive'],
        ['positive', 'unrelated'],
      ],
      ...given.run,
    }),
  eraseAndWatch: (given) =>
    sent(eraseAndWatch, given.pictures, pictures(given), {
      attributes: attributes(),
      places: [
        { name: 'corner', mask: { shape: [12, 12], data: Uint8Array.from({ length: 144 }, (_, i) => Number(i < 30)) } },
      ],
      baseline: 'mean',
      controls: 1,
      input: 0,
      scale: 'logit',
      output: 'probabilities',
      seed: 3,
      ...given.run,
    }),
  repairReport: (given) =>
    sent(repairReport, { before: given.pictures }, pictures(given), {
      checks: [
        { name: 'class', labels: Int32Array.of(0, 1, 2), groups: ['a', 'b', 'a'], should: 'change' },
        { name: 'first', labels: [0, 1, 1], target: 0, should: 'stay' },
      ],
      ...given.run,
    }),
};

/** A network with its layer changed, which is freed at once. */
function freed(view: Network): readonly string[] {
  const addresses = view.operations.map(({ address }) => address);
  view.dispose();
  return addresses;
}

/** The same that answer at once. */
export const changeCalls: PublicCalls = {
  coOccurrence: () => said(coOccurrence, { shape: [3, 2], data: Uint8Array.of(1, 1, 0, 1, 0, 0) }),
  withoutDirection: (given) =>
    said((...args: Parameters<typeof withoutDirection>) => freed(withoutDirection(...args)), compile(given.pictures), {
      layer: 'top',
      vector: Float32Array.from({ length: 5 }, (_, i) => i + 1),
      mean: Float32Array.from({ length: 5 }, () => 1),
    }),
  withoutUnits: (given) =>
    said((...args: Parameters<typeof withoutUnits>) => freed(withoutUnits(...args)), compile(given.pictures), {
      layer: 'top',
      units: [1, 2],
    }),
};
