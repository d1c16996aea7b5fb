import type { OpenShape } from '../../network/graph/graph.ts';
import type { Network } from '../../network/network.ts';
import { VitrineError } from '../../numeric/errors.ts';

/** What a generator is to take and to make; the number of examples is not looked at. */
export interface GeneratorShapes {
  readonly codes?: OpenShape;
  readonly pictures: OpenShape;
}

/** Refuses a generator that does not make pictures of a size, of codes of a size. */
export function assertGenerator(argument: string, generator: Network, { codes, pictures }: GeneratorShapes): void {
  const [{ shape: takes }, ...others] = generator.inputs;
  const { shape: makes } = generator.heads[0].site;
  if (others.length > 0) {
    throw new VitrineError('unsupported', `"${argument}" expected a model with one input, got ${others.length + 1}`);
  }
  if (codes && !fits(takes, codes)) {
    throw new VitrineError(
      'bad-shape',
      `"${argument}" expected a model that takes codes ${text(codes)}, got one that takes ${text(takes)}`,
    );
  }
  if (makes.length === 4 && fits(makes, pictures)) return;
  throw new VitrineError(
    'bad-shape',
    `"${argument}" expected a model that makes pictures ${text(pictures)}, the size that the network takes, got one that makes ${text(makes)}`,
  );
}

function fits(shape: OpenShape, wanted: OpenShape): boolean {
  if (shape.length !== wanted.length) return false;
  return shape.every((length, axis) => {
    const other = wanted[axis] as number | null;
    return axis === 0 || length === null || other === null || length === other;
  });
}

function text(shape: OpenShape): string {
  return `[${shape
    .slice(1)
    .map((length) => length ?? '?')
    .join(', ')}]`;
}
