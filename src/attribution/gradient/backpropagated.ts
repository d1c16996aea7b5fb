import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Site } from '../../network/graph/graph.ts';
import { layerAddress } from '../../network/runChecks.ts';
import type { Input, Model } from '../../network/types.ts';
import { mapBatches } from '../../network/walk/batches.ts';
import type { Composite } from '../../network/walk/composite.ts';
import type { ForwardRecord, WalkSeeds } from '../../network/walk/record.ts';
import { signalAt } from '../../network/walk/signals.ts';
import type { OptionChecks } from '../../numeric/options.ts';
import { explainChecks } from '../../scoring/explainChecks.ts';
import { attributionOf, endsOf, exampleRange, explain, type Session } from '../../scoring/session.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';

/** The option of methods that can end at a layer in place of the input. */
export interface LayerOption {
  /** The address of a layer whose output the attribution is of; that of the input by default. */
  readonly layer?: string;
}

/** Checks of what every method that can end at a layer accepts. */
export const layerChecks: OptionChecks<ExplainOptions & LayerOption> = { ...explainChecks, layer: layerAddress };

/** What sets one backpropagation method apart from another. */
export interface Backpropagation {
  readonly method: string;
  readonly composite?: Composite;
  /** Sites that the walk meets besides its ends. */
  readonly through?: readonly Site[];
  /** How signals get back to the ends; in one walk from the gradient of the score by default. */
  readonly walk?: (record: ForwardRecord, run: BackwardRun) => ReadonlyMap<Site, readonly Tensor[]>;
  /** Makes the map of what arrives at a site and the value there; the signal itself by default. */
  readonly map?: (signal: Tensor, value: Tensor) => Tensor;
}

/** Rows of a forward walk and where their backward walk starts and ends. */
export interface BackwardRun {
  readonly seeds: WalkSeeds;
  readonly ends: readonly Site[];
  /** The example that each row comes from. */
  readonly example: Int32Array;
}

/** One forward and one backward walk: the skeleton of gradient and gradient × input. */
export function backpropagated(
  model: Model,
  x: Input,
  options: (ExplainOptions & LayerOption) | undefined,
  backpropagation: Backpropagation,
): Promise<Attribution> {
  return explain(model, x, options, { checks: layerChecks }, (session, { layer }) =>
    backpropagate(session, layer, backpropagation),
  );
}

/** The same in a session that is under way. */
export async function backpropagate(
  session: Session,
  layer: string | undefined,
  { method, composite = [], through = [], walk = fromGradient, map = tf.clone }: Backpropagation,
): Promise<Attribution> {
  const { network, count, rows, scorer, options } = session;
  const ends = endsOf(network, layer);
  const found = await mapBatches({ ...options, stage: method, total: count }, (start, end) => {
    const record = network.forward(rows(start, end), {
      taps: [...scorer.taps, ...through],
      differentiate: { to: ends, composite },
    });
    const example = exampleRange(start, end);
    const { seeds, ...scored } = scorer.score(record, example);
    const signals = walk(record, { seeds, ends, example });
    const maps = ends.map((site): [string, Tensor] => [
      mapName(site),
      map(signalAt(signals, site), record.value(site)),
    ]);
    return { ...scored, ...Object.fromEntries(maps) } as Record<string, Tensor>;
  });
  return attributionOf(session, {
    method,
    score: found.score as NonNullable<typeof found.score>,
    classes: found.classes,
    maps: ends.map((site) => found[mapName(site)] as NonNullable<typeof found.score>),
    layer,
  });
}

function fromGradient(record: ForwardRecord, { seeds, ends }: BackwardRun): ReadonlyMap<Site, readonly Tensor[]> {
  return record.backward(seeds, { to: ends });
}

function mapName({ value }: Site): string {
  return `map of ${value}`;
}
