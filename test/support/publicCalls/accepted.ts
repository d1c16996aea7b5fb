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
  const known = words.trim().split(/\s+/);
  return (accepted) => known.includes(wordOf(accepted));
};

// Numbers that may have a fraction, that may be negative, and that may be as large as one likes.
const real = isWord(`
  adaptive alpha area areaWeight balance baseline beta blur ceiling centre confidence dataRange deviation
  deviations dilation distance e fading featureWeight g high intersection inverseTemperature jitter jump kernelWidth
  learningRate low maskBlur maxDistance maxSigma mean noise noneDensity origin penalty percentile pose power
  probability quantile radius ridge share sharpness shift sigma smoothness sparsity spurious std stepSize strength tau
  threshold tolerance truth validation color decay weight beta1 beta2 epsilon momentum dampening unique shared outside spread center side sideDeviation gain shade shades support exploration shrinkage damping stepShare overshoot constant`);
const signed = isWord(`
  baseline beta centre deviations high low mean origin seed shift std stream threshold color weight outside`);
const large = isWord(`
  first second objective objectives perplexity redirected
  adaptive area areaWeight balance baseline batchSize beta ceiling centre channels classes columns count
  dataRange depth deviation deviations distance e examples fading featureWeight g grid height high imageCount imageSize
  index intersection inverseTemperature jitter jump kernelWidth learningRate limit maxDepth maxDistance
  maxMerges mean minLeaf neighbours noise noneDensity origin patch penalty perStep pictureSize pose power
  positions prefetch radius ridge seed sharpness shift sigma size smoothness sparsity std stepSize stream strength
  stride subsetSize tau threshold thumbnailSize tolerance top trainingSize truth unitCount width window color decay unit weight epsilon unique shared ratio pictures outside spread sideDeviation gain shade shades targets dimensions exploration damping overshoot constant confidence`);
const endless = isWord('depth maxDistance maxMerges unitCount');
const texts = isWord('address directory language layerClass method text title layer name xLabel yLabel');
const lists = isWord(
  'composite dataset embeddings patterns pictures rules sections transforms answers slices partitions',
);
const size = isWord(
  'activations background images map maps model region source picture reference vectors weights features',
);

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
    reason: 'weights of which nothing is said are the usual ones',
    holds: ({ slot, value }) => slot.option === 'weights' && (value === '{}' || value === 'object without prototype'),
  },
  {
    reason: 'a recursion of which nothing is said is the usual one',
    holds: ({ slot, value }) => slot.option === 'lissa' && (value === '{}' || value === 'object without prototype'),
  },
  {
    reason: 'a mask of which nothing is said leaves everything in',
    holds: ({ slot, value }) => slot.option === 'mask' && (value === '{}' || value === 'object without prototype'),
  },
  {
    reason: 'a request of which nothing is said',
    holds: ({ slot, value }) => slot.option === 'fetch' && (value === '{}' || value === 'object without prototype'),
  },
  {
    reason: 'a thing of any class that has an option of this name, and nothing else, holds options',
    holds: ({ function: name, value }) => name === 'findSlices' && value === 'stranger',
  },
  {
    reason: 'a table of labels may have any size',
    holds: ({ function: name, value }) => name === 'coOccurrence' && value === 'other axes',
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
    holds: ({ slot, value }) => ['spill', 'store'].includes(slot.option ?? '') && value === 'map',
  },
  {
    reason: 'a data set is looked at when it is read, and this one is handed on unread',
    holds: (accepted) =>
      accepted.function === 'shiftLabels' && ['[null]', '[NaN]', 'map', 'no bytes'].includes(accepted.value),
  },
];
