import type { Target } from '../../network/types2.ts';

/** Whether a target is a difference of class scores. */
export function isContrast(target: Target): boolean {
  if (typeof target !== 'object') return false;
  return 'minus' in target || ('output' in target && isContrast(target.target));
}
