import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { OperationGraph, Site } from '../../network/graph/graph.ts';
import type { Composite, Rule } from '../../network/walk/composite.ts';
import type { ForwardRecord, WalkSeeds } from '../../network/walk/record.ts';
import { nearestLinear } from '../../network/walk/ruleFinder.ts';
import { streamsAt } from '../../network/walk/signals.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { BackwardRun } from '../gradient/backpropagated.ts';
import { distribution, inProportion, type Sign, signedParts, signedTerms, sumOf } from './distribution.ts';
import { relevanceAtEnds } from './relevanceAtEnds.ts';
import type { Passage } from './through.ts';

type Signals = ReturnType<ForwardRecord['backward']>;

/** The rules of the last linear layers before a target, by which two streams leave it: its own and its opposite's. */
export function opposing(graph: OperationGraph, targets: readonly Site[]): Composite {
  const last = [...nearestLinear(graph, targets, 'backward')].map((i) => graph.steps[i]?.operation);
  if (last.length === 0)
    throw new VitrineError('unsupported', '"contrastive" expected a convolution or a dense layer before the target');
  return [[({ kind, address }) => last.some((top) => top?.kind === kind && top.address === address), opposition]];
}

/** What excites the target less what excites its opposite, all the way to the ends. */
export function differenceAtEnds(
  record: ForwardRecord,
  { seeds, ends }: BackwardRun,
  through: readonly Passage[],
): Signals {
  const met = relevanceAtEnds(record, twice(seeds), { ends, through });
  return new Map(ends.map((site) => [site, [difference(met, site)]]));
}

/** What is left of the difference above zero at a layer goes on from there. */
export function differenceFrom(
  layer: Site,
  record: ForwardRecord,
  { seeds, ends, through }: BackwardRun & { readonly through: readonly Passage[] },
): Signals {
  const [above = [], below = []] = [true, false].map((isAbove) =>
    through.filter(({ site }) => site.value > layer.value === isAbove),
  );
  const left = tf.relu(difference(relevanceAtEnds(record, twice(seeds), { ends: [layer], through: above }), layer));
  return relevanceAtEnds(record, new Map([[layer, left]]), { ends, through: below });
}

function twice(seeds: WalkSeeds): WalkSeeds {
  return new Map([...seeds].map(([site, seed]) => [site, [seed as Tensor, seed as Tensor]]));
}

function difference(signals: Signals, site: Site): Tensor {
  const [own, opposite] = streamsAt(signals, site) as [Tensor, Tensor];
  return tf.sub(own, opposite);
}

/** The opposite of a unit has its weights negated, so that it is excited by what inhibits the unit. */
const opposition: Rule = {
  name: 'opposition',
  needs: ['inputs'],
  backward: (operation, io, streams) => {
    const [own, opposite] = streams as [Tensor, Tensor];
    const parts = signedParts(io);
    const passed = (stream: Tensor, sign: Sign): Tensor => {
      const terms = signedTerms(operation, parts, sign);
      return distribution(operation, io, [inProportion(terms, sumOf(operation, terms))])(stream);
    };
    return [[passed(own, 'positive'), passed(opposite, 'negative')]];
  },
};
