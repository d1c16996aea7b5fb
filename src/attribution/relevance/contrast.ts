import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Composite, nearestLinear, type Rule } from '../../network/composite.ts';
import type { Site, Step } from '../../network/graph.ts';
import type { ForwardRecord } from '../../network/record.ts';
import { streamsAt } from '../../network/signals.ts';
import type { BackwardRun } from '../gradient/backpropagated.ts';
import type { Session } from '../session.ts';
import { distribution, inProportion, sumOf } from './rules/distribution.ts';
import { type Sign, signedParts, signedTerms } from './rules/signedTerms.ts';
import { withZeros } from './withZeros.ts';

/** How contrastive excitation backprop differs from the plain one. */
export interface Contrast {
  /** The rules of the last linear layers before the target. */
  readonly composite: Composite;
  /** Where the opposite is subtracted. */
  readonly sites: readonly Site[];
  readonly walk: (record: ForwardRecord, run: BackwardRun) => ReadonlyMap<Site, readonly Tensor[]>;
}

/** The contrast of a target with its opposite, whose last linear layers have the negated weights. */
export function contrastWithOpposite({ network, scorer }: Session, layer: string | undefined): Contrast {
  const { steps, sites } = network.graph;
  const last = [...nearestLinear(network.graph, scorer.taps, 'backward')].map((i) => steps[i] as Step);
  const below = [...sites.values()].filter(({ value }) => last.some(({ inputs }) => inputs.includes(value)));
  const at = layer === undefined ? oneOfEach(below) : [network.site(layer, 'contrastive.layer')];
  if (last.length === 0) throw new Error('"contrastive" expected a convolution or a dense layer before the target');
  return {
    composite: [
      [
        ({ kind, address }) => last.some((step) => step.operation.kind === kind && step.operation.address === address),
        dual,
      ],
    ],
    sites: at,
    walk: (record, { seeds, ends }) => {
      const both = new Map([...seeds].map(([site, seed]) => [site, [seed as Tensor, seed as Tensor]]));
      const met = record.backward(both, { to: at });
      const contrasts = at.map((site): [Site, Tensor] => {
        const [own, opposite] = streamsAt(met, site) as [Tensor, Tensor];
        return [site, tf.relu(tf.sub(own, opposite))];
      });
      return record.backward(withZeros(new Map(contrasts), record, ends), { to: ends });
    },
  };
}

/** Two streams: that of the target by what excites it, that of its opposite by what inhibits it. */
const dual: Rule = {
  name: 'contrast',
  needs: ['inputs'],
  backward: (operation, io, streams) => {
    const [own, opposite] = streams as [Tensor, Tensor];
    const parts = signedParts(io);
    const excited = (stream: Tensor, sign: Sign): Tensor => {
      const terms = signedTerms(operation, parts, sign);
      return distribution(operation, io, [inProportion(terms, sumOf(operation, terms))])(stream);
    };
    return [[excited(own, 'positive'), excited(opposite, 'negative')]];
  },
};

/** Addresses that mean the same value once. */
function oneOfEach(sites: readonly Site[]): readonly Site[] {
  return [...new Map(sites.map((site) => [site.value, site])).values()];
}
