import type { Dissection } from '../../dissection/types.ts';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';

/** Refuses what has no dissection, or something else than dissections. */
export function assertLayers(layers: Readonly<Record<string, Dissection>>): void {
  if (typeof layers !== 'object' || layers === null || Array.isArray(layers)) {
    throw new VitrineError(
      'bad-argument',
      `"layers" expected dissections by the names of layers, got ${describe(layers)}`,
    );
  }
  if (Object.keys(layers).length === 0)
    throw new VitrineError('bad-argument', '"layers" expected at least one dissection, got none');
  for (const [name, layer] of Object.entries(layers)) {
    if (Array.isArray(layer?.units) && layer.uniqueDetectors) continue;
    throw new VitrineError('bad-argument', `"layers.${name}" expected a dissection, got ${describe(layer)}`);
  }
}
