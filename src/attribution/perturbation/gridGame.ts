import type { Baseline } from '../../network/types.ts';
import { assertInteger } from '../../numeric/check.ts';
import type { Session } from '../session.ts';
import { type InputOption, imageInput } from './imageInput.ts';
import { type SegmentGame, segmentGame } from './segmentGame.ts';

/** The masks of `sobolAttribution` and `hsicAttribution`. */
export interface GridMaskOptions extends InputOption {
  /** Cells of a mask along each side; 8 by default. */
  readonly cells?: number;
  /** What is behind the masks; `'zero'` by default. */
  readonly baseline?: Baseline;
}

/** The cells of a grid over the image. */
export async function gridGame(session: Session, options: GridMaskOptions): Promise<SegmentGame> {
  const { cells = 8, baseline = 'zero' } = options;
  assertInteger('cells', cells, [1, Number.POSITIVE_INFINITY]);
  const { index } = imageInput(session, options.input);
  return segmentGame(session, { segments: { grid: cells }, baseline, input: index });
}
