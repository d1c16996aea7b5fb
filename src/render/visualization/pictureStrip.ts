import type { Picture } from '../../image/types.ts';
import { assertArray, assertNumbers } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { assertOptions, integer, listOf, type OptionChecks, object, text } from '../../numeric/options.ts';
import { picturesOf } from '../../visualization/picturesOf.ts';
import type { Visualization } from '../../visualization/types.ts';
import { contactSheet } from '../contactSheet.ts';
import { formatNumber } from '../formatNumber.ts';

/** Options of {@link pictureStrip}. */
export interface PictureStripOptions {
  /** What each picture is of, one name for each row; none by default. */
  readonly titles?: readonly string[];
  /** Above the whole strip; none by default. */
  readonly title?: string;
  /** The width to which pictures are brought, before `magnification`; their own by default, at least 160. */
  readonly cellWidth?: number;
  /** Enlarges everything, text included; a whole number from 1 to 16, 1 by default. */
  readonly magnification?: number;
}

const checks: OptionChecks<PictureStripOptions> = {
  titles: listOf(text),
  title: text,
  cellWidth: integer(1),
  magnification: integer(1, 16),
};

/**
 * How pictures came to be: the snapshots of a visualization side by side, a row for each picture, with the steps and the
 * objective above each.
 *
 * @param visualization a result of `visualize`.
 * @param options `titles`, `title`, `cellWidth`, `magnification`.
 * @returns the strip as a picture.
 * @throws {VitrineError} if it is no such result, or there are other than as many titles as pictures.
 * @example
 * ```ts
 * import { objectives, visualize } from 'vitrine';
 * import { pictureStrip } from 'vitrine/render';
 * const options = { range: [0, 1], steps: 8, snapshots: [0, 4, 8] } as const;
 * const strip = pictureStrip(await visualize(model, objectives.channel('conv3', 5), options), { titles: ['conv3:5'] });
 * ```
 */
export function pictureStrip(
  visualization: Pick<Visualization, 'images' | 'steps' | 'objective'>,
  options: PictureStripOptions = {},
): Picture {
  assertOptions(options, checks);
  assertVisualization(visualization);
  const { titles, ...sheet } = options;
  const { steps, objective } = visualization;
  const pictures = picturesOf(visualization);
  const rows = pictures.length / steps.length;
  if (titles && titles.length !== rows)
    throw new VitrineError('bad-argument', `"titles" expected ${rows} titles, got ${titles.length}`);
  const cells = Array.from({ length: pictures.length }, (_, i) => {
    const [row, snapshot] = [Math.floor(i / steps.length), i % steps.length];
    const place = snapshot * rows + row;
    const after = `${formatNumber(steps[snapshot] as number)} steps`;
    return {
      picture: pictures[place] as Picture,
      title: titles && snapshot === 0 ? `${titles[row]}: ${after}` : after,
      subtitle: `objective ${formatNumber(objective.data[place] as number)}`,
    };
  });
  return contactSheet(cells, { columns: steps.length, ...sheet });
}

function assertVisualization(visualization: Pick<Visualization, 'images' | 'steps' | 'objective'>): void {
  object('visualization', visualization);
  const { images, steps, objective } = visualization;
  assertArray('visualization.images', images, [5]);
  const [snapshots, pictures] = images.shape as [number, number];
  assertNumbers('visualization.steps', steps, snapshots);
  assertArray('visualization.objective', objective, [2]);
  if (objective.data.length === snapshots * pictures) return;
  throw new VitrineError(
    'bad-shape',
    `"visualization.objective" expected shape [${snapshots}, ${pictures}], got [${objective.shape.join(', ')}]`,
  );
}
