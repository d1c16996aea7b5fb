import type { Input, Model } from '../../../network/types.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { volumeOf } from '../../../scoring/boxes.ts';
import { explain } from '../../../scoring/session.ts';
import type { ExplainOptions, SegmentAttribution } from '../../../scoring/types.ts';
import { type SegmentOptions, segmentChecks, segmentGame } from '../coalitions/segmentGame.ts';
import { coveredDrops } from './coveredDrops.ts';
import { coverableInput, type Part } from './coveredParts.ts';

/**
 * Feature ablation: how much of the score is lost when a segment is hidden.
 *
 * $R_s = F(x) - F(x \text{ with segment } s \text{ replaced by the baseline})$, one pass for each segment, of which only
 * what the segment can have changed is computed again.
 *
 * Source: the method of that name in Captum; for superpixels e.g. Štrumbelj and Kononenko 2010.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `segments` (required for images), `baseline`, `input`, `target`, `scale` (`'logit'` by default).
 * @returns `segmentValues` `[n, s]`, and `values`, which paints them: `[n, h, w]`, or the input's shape without space.
 * @throws {VitrineError} if the segments do not fit; else as {@link gradient}.
 * @example
 * ```ts
 * import { featureAblation } from 'vitrine';
 * const { values, segmentValues } = await featureAblation(model, x, { segments: { slic: 8 }, baseline: 'blur' });
 * ```
 */
export async function featureAblation(
  model: Model,
  x: Input,
  options: ExplainOptions & SegmentOptions,
): Promise<SegmentAttribution> {
  return explain(model, x, options, { checks: segmentChecks }, async (session, options) => {
    const game = await segmentGame(session, options);
    const { index, hidden, labels } = game.divided;
    const shown = session.inputs[index] as NdArray;
    const input = coverableInput(shown, hidden, shown.data.length / labels.data.length);
    const segments = game.players.map((count, example) =>
      segmentsOf(labels, { example, count, lengths: input.lengths }),
    );
    const drops = await coveredDrops(session, {
      stage: 'featureAblation',
      index,
      input,
      parts: segments,
      scorer: game.scorer,
      score: game.at.score.data,
    });
    const values = drops.map((found, example) => {
      const bySegment = new Float64Array(found.length);
      segments[example]?.forEach(({ segment }, i) => bySegment.fill(found[i] as number, segment, segment + 1));
      return bySegment;
    });
    return game.attribution('featureAblation', values);
  });
}

interface SegmentPart extends Part {
  readonly segment: number;
}

/** The segments of an example in the smallest boxes around them, small ones first: a batch costs what its largest does. */
function segmentsOf(
  { data, shape }: NdArray<Int32Array>,
  { example, count, lengths }: { example: number; count: number; lengths: readonly number[] },
): readonly SegmentPart[] {
  const own = data.subarray(example * (shape[1] as number), (example + 1) * (shape[1] as number));
  const boxes = Array.from({ length: count }, () => lengths.map((length): [number, number] => [length, 0]));
  own.forEach((label, place) => {
    let rest = place;
    for (let axis = lengths.length - 1; axis >= 0; axis--) {
      const length = lengths[axis] as number;
      const index = rest % length;
      rest = (rest - index) / length;
      const span = boxes[label]?.[axis] as [number, number];
      if (index < span[0]) span[0] = index;
      if (index >= span[1]) span[1] = index + 1;
    }
  });
  return boxes
    .map((box, segment) => ({ segment, box, has: (place: number) => own[place] === segment }))
    .sort((a, b) => volumeOf(a.box) - volumeOf(b.box));
}
