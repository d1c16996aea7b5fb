import type { Baseline } from '../../network/types2.ts';
import { assertCount } from '../../numeric/check.ts';
import type { Session } from '../session.ts';
import { type InputOption, placedInput } from './imageInput.ts';
import { type SegmentGame, segmentGame } from './segmentGame.ts';

/** The masks of `sobolAttribution` and `hsicAttribution`. */
export interface GridMaskOptions extends InputOption {
  /** Cells of a mask along each side; 8 by default, 4 of volumes. */
  readonly cells?: number;
  /** What is behind the masks; `'zero'` by default. */
  readonly baseline?: Baseline;
}

/** The cells of a grid over the image or the volume. */
export async function gridGame(session: Session, options: GridMaskOptions): Promise<SegmentGame> {
  const { index, lengths } = placedInput(session, options.input);
  const { cells = lengths.length > 2 ? 4 : 8, baseline = 'zero' } = options;
  assertCount('cells', cells, 1);
  return segmentGame(session, { segments: { grid: cells }, baseline, input: index });
}
