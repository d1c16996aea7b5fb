import type { Input } from '../../../network/types.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { sameShape } from '../../../numeric/ndarray.ts';
import { rowsAndColumns } from '../hiding/alongAxes.ts';
import type { ChangedPlace } from './changedPlace.ts';
import { fitPatchGaussians, type PatchGaussians, patchOf } from './fitPatchGaussians.ts';
import { conditionalSampler, marginalSampler, type WindowSampler } from './windowSampler.ts';

/** What windows are drawn from. */
export interface SamplerOptions {
  readonly background: Input | PatchGaussians;
  readonly sampler?: 'conditional' | 'marginal';
  readonly window?: number | readonly [number, number];
  readonly padding?: number;
  readonly patchSamples?: number;
  readonly seed?: number;
}

/** The sampler that is asked for, fitted to the background where it is not yet. */
export async function samplerOf(place: ChangedPlace, options: SamplerOptions): Promise<WindowSampler> {
  const { background, sampler = 'conditional', window = 10, padding = 2, patchSamples = 20_000, seed = 0 } = options;
  const size = rowsAndColumns('window', window);
  const isFitted = isGaussians(background);
  if (sampler === 'marginal') {
    if (isFitted)
      throw new VitrineError(
        'bad-argument',
        `"background" expected examples for the 'marginal' sampler, got fitted patches`,
      );
    return marginalSampler(await place.valuesOf(background), size);
  }
  const [, height, width, channels] = place.values.shape as [number, number, number, number];
  const patch = patchOf([height, width], { window, padding });
  const gaussians = isFitted
    ? background
    : await fitPatchGaussians(await place.valuesOf(background), { window, padding, samples: patchSamples, seed });
  assertFits(gaussians, { patch, shape: [height, width, channels] });
  return conditionalSampler(place.values, gaussians, size);
}

function isGaussians(background: Input | PatchGaussians): background is PatchGaussians {
  return typeof background === 'object' && background !== null && 'covariance' in background;
}

function assertFits(
  gaussians: PatchGaussians,
  { patch, shape }: { patch: readonly [number, number]; shape: readonly number[] },
): void {
  if (sameShape(gaussians.patch, patch) && sameShape(gaussians.low.shape, shape)) return;
  throw new VitrineError(
    'bad-argument',
    `"background" expected patches of ${patch.join(' × ')} fitted to [m, ${shape.join(', ')}], got ${gaussians.patch.join(' × ')} fitted to [m, ${gaussians.low.shape.join(', ')}]`,
  );
}
