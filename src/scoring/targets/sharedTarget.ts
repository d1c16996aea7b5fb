import { VitrineError } from '../../numeric/errors.ts';
import type { Target } from '../types.ts';
import { isClassList } from './classScore.ts';

/** Refuses targets that are another one for each image. */
export function assertSharedTarget(target: Target | undefined, argument = 'target'): void {
  const inner = typeof target === 'object' && target !== null && 'output' in target ? target.target : target;
  if (inner !== undefined && inner !== 'predicted' && !isClassList(inner)) return;
  throw new VitrineError(
    'bad-argument',
    `"${argument}" expected one and the same for all images, as a class, got one of each image's own`,
  );
}
