import * as tf from '@tensorflow/tfjs-core';
import type { FieldBox } from '../../network/fields/fieldBox.ts';
import type { Site } from '../../network/graph/graph.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { changedRuns } from '../../scoring/changedRuns.ts';
import type { Session } from '../../scoring/session.ts';

type Pair = readonly [rows: number, columns: number];

/** Occluders on an image: squares of a side, at every `stride` pixels along rows and columns. */
export interface Occluders {
  readonly side: number;
  readonly stride: number;
  /** The values of the occluder at a place of the grid, `[side × side × channels]`. */
  readonly valuesAt: (row: number, column: number) => ArrayLike<number>;
}

/** How many occluders fit along rows and columns. */
function gridOf([rows, columns]: Pair, { side, stride }: Pick<Occluders, 'side' | 'stride'>): Pair {
  return [Math.floor((rows - side) / stride) + 1, Math.floor((columns - side) / stride) + 1];
}

/**
 * What the score loses under each occluder, `[grid rows, grid columns]`. Occluders that the field does not meet change
 * nothing and are not run; of the others only what they reach is computed again.
 */
export async function discrepancy(session: Session, occluders: Occluders, field: FieldBox): Promise<NdArray> {
  const input = session.inputs[0] as NdArray;
  const [, rows, columns, channels] = input.shape as [number, number, number, number];
  const { side, stride, valuesAt } = occluders;
  const grid = gridOf([rows, columns], occluders);
  const data = new Float32Array(grid[0] * grid[1]);
  const places = [...data.keys()].filter((place) => {
    const [top, left] = [Math.floor(place / grid[1]) * stride, (place % grid[1]) * stride];
    return meets(field.rows, top, side) && meets(field.columns, left, side);
  });
  const before = await scoreOf(session);
  const patches = (start: number, end: number): Parameters<typeof tf.tensor4d>[0] =>
    Float32Array.from(
      places.slice(start, end).flatMap((place) => Array.from(valuesAt(Math.floor(place / grid[1]), place % grid[1]))),
    );
  const plan = {
    stage: 'empiricalReceptiveField',
    samples: places.length,
    scorer: session.scorer,
    site: session.network.inputs[0] as Site,
    change: (_: number, start: number, end: number) => ({
      tensor: tf.tensor4d(patches(start, end), [end - start, side, side, channels]),
      at: places
        .slice(start, end)
        .map((place) => [Math.floor(place / grid[1]) * stride, (place % grid[1]) * stride] as const),
    }),
  };
  await changedRuns(session, plan, (scores, { start }) => {
    scores.forEach((score, i) => {
      data[places[start + i] as number] = before - score;
    });
  });
  return { shape: grid, data };
}

async function scoreOf({ network, scorer, rows }: Session): Promise<number> {
  const score = tf.tidy(
    () => scorer.score(network.forward(rows(0, 1), { taps: scorer.taps }), new Int32Array(1)).score,
  );
  try {
    return (await score.data())[0] as number;
  } finally {
    score.dispose();
  }
}

function meets([first, last]: Pair, start: number, side: number): boolean {
  return start <= last && start + side - 1 >= first;
}
