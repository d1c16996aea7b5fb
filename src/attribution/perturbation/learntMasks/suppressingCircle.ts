import type { Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { inSlices } from '../../../backend/inTurn.ts';
import { blurring } from '../../../image/blur.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import type { Sliced } from '../../../numeric/sliced.ts';
import { besideOthers, hideable, masked } from '../../../scoring/masking.ts';
import { allPerturbedScores } from '../../../scoring/perturbedRuns.ts';
import type { Session } from '../../../scoring/session.ts';
import type { Scorer } from '../../../scoring/targets/scorer.ts';
import { gridOf, type MaskUpsampling, upsampled, upsamplingMap } from './maskUpsampling.ts';

/** What is hidden by circles, and how far it must go. */
export interface CircleSearch {
  readonly upsampling: MaskUpsampling;
  /** The position of the input that is hidden, and what it looks like then. */
  readonly input: { readonly index: number; readonly hidden: NdArray };
  readonly scorer: Scorer;
}

// In a picture of 224 pixels: radii 0, 5, …, 175, smoothed by a Gaussian of 10.
const CIRCLES = 36;
const STEP = 5 / 224;
const SIGMA = 10 / 224;

/** How much of what there is to lose may be left: 1 %. */
const LEFT = 0.01;

/**
 * For each example the smallest circle in the middle that takes the score below 1 % of what hiding all takes from it,
 * as a coarse mask (1 keeps); none where hiding all takes nothing.
 */
export async function suppressingCircles(
  session: Session,
  { upsampling, input, scorer }: CircleSearch,
): Promise<readonly (Float32Array | undefined)[]> {
  const [rows, columns] = gridOf(upsampling);
  const circles = await inSlices(circlesOn(upsampling), session.options);
  const masks = [...circles, new Float32Array(rows * columns)];
  const scores = await allPerturbedScores(session, {
    stage: 'circles',
    samples: masks.length,
    scorer,
    rows: (example, start, end) => {
      const coarse = tf.stack(masks.slice(start, end).map((mask) => tf.tensor2d(mask, [rows, columns]))) as Tensor3D;
      const keep = tf.expandDims(upsampled(coarse, upsamplingMap(upsampling)), 3);
      const { index, hidden } = input;
      const changed = masked(hideable(session.inputs[index] as NdArray, hidden, example), keep);
      return besideOthers(changed, { inputs: session.inputs, index, example });
    },
  });
  return Array.from({ length: session.count }, (_, example) => {
    const { data } = scores;
    return masks[smallest(data.subarray(example * masks.length, (example + 1) * masks.length))];
  });
}

/** The first of scores, the smallest circle first and all hidden last, that is low enough; −1 where none can be. */
function smallest(scores: Float32Array): number {
  const least = scores.at(-1) as number;
  const all = (scores[0] as number) - least;
  return all > 0 ? scores.findIndex((score) => score - least <= LEFT * all) : -1;
}

function* circlesOn(upsampling: MaskUpsampling): Sliced<readonly Float32Array[]> {
  const { plane, cellSize } = upsampling;
  const [rows, columns] = gridOf(upsampling);
  const side = Math.max(...plane);
  const distance = (index: number, axis: 0 | 1): number => (index + 0.5) * cellSize - plane[axis] / 2;
  const sigma = (SIGMA * side) / cellSize;
  const found: Float32Array[] = [];
  for (let k = 0; k < CIRCLES; k++) {
    const disc = Float32Array.from({ length: rows * columns }, (_, i) =>
      Math.hypot(distance(Math.floor(i / columns), 0), distance(i % columns, 1)) < k * STEP * side ? 0 : 1,
    );
    found.push((yield* blurring({ shape: [rows, columns], data: disc }, [sigma, sigma])).data);
  }
  return found;
}
