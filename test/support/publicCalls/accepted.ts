import type { Slot } from './signatures.ts';

/** Where a value was accepted. */
interface Case {
  readonly function: string;
  readonly slot: Slot;
  readonly value: string;
}

/** What is accepted on purpose: why; `undefined` for all else. */
export function deliberately(accepted: Case): string | undefined {
  const list = accepted.slot.admits(accepted.value) ? kinds : others;
  return list.find(({ holds }) => holds(accepted))?.reason;
}

/** The option, or the argument. */
function wordOf({ slot: { option, names } }: Case): string {
  return option ?? names[0] ?? '';
}

const isWord = (words: string): ((accepted: Case) => boolean) => {
  const known = words.split(/\s+/);
  return (accepted) => known.includes(wordOf(accepted));
};

// Numbers that may have a fraction, that may be negative, and that may be as large as one likes.
const real = isWord(`
  sigma percentile quantile mean std threshold noise deviation share confidence validation tolerance penalty ridge
  sparsity smoothness areaWeight balance beta tau learningRate alpha kernelWidth probability strength radius distance jump
  centre dataRange origin shift area intersection truth maxDistance maxSigma blur maskBlur deviations sharpness fading jitter
  pose noneDensity inverseTemperature e g a b low high range spurious adaptive compactness kernelSize ratio felzenszwalb
  alphas levels baseline dilation ceiling`);
const signed = isWord(`
  mean std threshold shift origin low high range centre seed stream beta baseline deviations`);
const large = isWord(`
  mean std threshold shift origin low high range centre seed stream batchSize deviation penalty ridge sparsity smoothness
  areaWeight balance beta tau learningRate kernelWidth strength radius distance jump dataRange tolerance noise sharpness
  fading noneDensity inverseTemperature e g a b count limit top width height size pictureSize thumbnailSize maxMerges
  deviations maxDistance maxDepth minLeaf depth window neighbours imageSize classes index baseline output unitCount adaptive sigma perStep patch
  subsetSize grid columns channels trainingSize ceiling
  pose imageCount examples prefetch positions stride`);
const endless = isWord('maxMerges maxDistance depth unitCount');
const texts = isWord('title text language label detail caption output address layerClass method');
const lists = isWord('children sections answers patterns composite rules pictures dataset');
const size = isWord('map maps source activations array region background');

/** What may come where the types admit it, by kind. */
const kinds: readonly { readonly reason: string; readonly holds: (accepted: Case) => boolean }[] = [
  {
    reason: 'what a function gives is seen when it is called',
    holds: ({ value }) => value === 'function',
  },
  { reason: 'true is one of the two', holds: ({ value }) => value === 'true' },
  { reason: 'a number with a fraction', holds: (accepted) => accepted.value === '0.5' && real(accepted) },
  { reason: 'a number below zero', holds: (accepted) => accepted.value === '-1' && signed(accepted) },
  {
    reason: 'more than there is, or than one needs, is all',
    holds: (accepted) => accepted.value === '1e9' && large(accepted),
  },
  { reason: 'without end', holds: (accepted) => accepted.value === 'Infinity' && endless(accepted) },
  {
    reason: 'any text',
    holds: (accepted) => ['empty text', 'nonsense'].includes(accepted.value) && texts(accepted),
  },
  {
    reason: 'nothing yet: the dialogue begins',
    holds: ({ slot, value }) => slot.option === 'part' && value === 'null',
  },
  {
    reason: 'a projection of which nothing is said is the usual one',
    holds: ({ slot, value }) =>
      slot.option === 'projection' && (value === '{}' || value === 'object without prototype'),
  },
  {
    reason: 'a request of which nothing is said',
    holds: ({ slot, value }) => slot.option === 'fetch' && (value === '{}' || value === 'object without prototype'),
  },
  { reason: 'a list may be empty', holds: (accepted) => accepted.value === '[]' && lists(accepted) },
  { reason: 'a map may have any size', holds: (accepted) => accepted.value === 'other axes' && size(accepted) },
];

/** What may come although the declared type does not admit it. */
const others: typeof kinds = [
  {
    reason: 'what goes with a request is looked at by fetch, for files that are fetched',
    holds: isWord('fetch'),
  },
  {
    reason: 'a Map is a store, and stores give back what they were given',
    holds: ({ slot, value }) => slot.option === 'spill' && value === 'map',
  },
  {
    reason: 'a data set is looked at when it is read, and this one is handed on unread',
    holds: (accepted) =>
      accepted.function === 'shiftLabels' && ['[null]', '[NaN]', 'map', 'no bytes'].includes(accepted.value),
  },
];
