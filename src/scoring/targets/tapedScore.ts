import * as tf from '@tensorflow/tfjs-core';
import { Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import type { Site } from '../../network/graph/graph.ts';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { gradientsByTape } from '../gradientsByTape.ts';
import type { ScoreFunction } from '../types.ts';
import { type Scorer, timesUnits } from './scorer.ts';

type Values = Parameters<ScoreFunction>[0];

/** The score that a user's function makes of the values at some sites; its gradient there comes from the tape. */
export function tapedScorer(sites: readonly Site[], target: ScoreFunction): Scorer {
  const score: Scorer['score'] = (record, example) => {
    const values = sites.map((site) => record.value(site));
    const scores = tf.tidy(() => tf.clone(checkedScores(target(values as unknown as Values, example), example)));
    // Sites may share a tensor, of which the tape would give all gradients together to each.
    const apart = values.map((value) => tf.clone(value));
    const run = (...given: Tensor[]): Tensor => target(given as unknown as Values, example);
    const gradients = gradientsByTape(run, apart, tf.onesLike(scores));
    return { score: scores, seeds: seedsAt(sites, gradients) };
  };
  return { taps: sites, score, divide: (record, example) => timesUnits(score(record, example).seeds, record) };
}

function checkedScores(scores: unknown, example: Int32Array): Tensor1D {
  if (scores instanceof Tensor && scores.rank === 1 && scores.shape[0] === example.length) return scores as Tensor1D;
  const got = scores instanceof Tensor ? `[${scores.shape.join(', ')}]` : describe(scores);
  throw new VitrineError(
    'bad-shape',
    `"target" expected a function that returns shape [${example.length}], got ${got}`,
  );
}

/** The gradient at each site; of one that is read twice both. */
function seedsAt(sites: readonly Site[], gradients: readonly Tensor[]): Map<Site, Tensor> {
  const seeds = new Map<Site, Tensor>();
  sites.forEach((site, i) => {
    const [before, gradient] = [seeds.get(site), gradients[i] as Tensor];
    seeds.set(site, before ? tf.add(before, gradient) : gradient);
  });
  return seeds;
}
