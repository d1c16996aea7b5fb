import { assertArray, assertChoice } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { LayerInference, PatternInference } from '../inferPatterns.ts';
import type { GraphLayer } from '../types.ts';

/** What was inferred of a layer of a graph, checked to be of that layer. */
export function inferenceOf({ name, nodes }: GraphLayer, inference: PatternInference): LayerInference {
  assertChoice('inference', name, Object.keys(inference));
  const own = inference[name] as LayerInference;
  // A layer without nodes has arrays without elements.
  if (nodes.length === 0) return own;
  assertArray(`inference.${name}.scores`, own.scores, [2]);
  assertArray(`inference.${name}.positions`, own.positions, [3]);
  const [images, count] = own.scores.shape as [number, number];
  const isOfLayer = count === nodes.length && own.positions.shape.join() === [images, count, 2].join();
  if (isOfLayer) return own;
  throw new VitrineError(
    'bad-shape',
    `"inference.${name}" expected the ${nodes.length} nodes of the graph's layer, got scores of shape [${own.scores.shape.join(', ')}]`,
  );
}
