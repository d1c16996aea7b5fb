import type { Tensor4D } from '@tensorflow/tfjs-core';
import { sampleAffine, sampleAffineGradient } from '../../backend/kernels/affineSampling.ts';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { assertPictures } from './assertPictures.ts';
import { drawnMap } from './drawnMap.ts';
import { tapedView } from './tapedView.ts';
import type { GeometricTransform, PixelTransform, SeenDraw, Size, Transform, View } from './transform.ts';

/**
 * Pictures `[n, h, w, c]` of 0 to 1 as transforms show them, in the size that the network sees, and the way back of a
 * gradient. Call it in a tidy that ends after the way back.
 *
 * Geometric transforms that follow each other are one affine map, by which pictures are sampled once. In the end what
 * stands for the whole picture is cut out around the centre, or stretched where it has not the size that is seen; where
 * the last transforms are geometric that is part of their map. Draws come from `at.random` in the order of the transforms, one for all pictures.
 */
export function viewOf(pictures: Tensor4D, transforms: readonly Transform[], at: SeenDraw): View {
  const groups = grouped(transforms);
  return groups.reduce(
    (view: FramedView, group, i): FramedView => {
      const next = shown(view, group, at, i === groups.length - 1);
      return { ...next, pullback: (cotangent) => view.pullback(next.pullback(cotangent)) };
    },
    asTheyAre(pictures, sizeOf(pictures)),
  );
}

/** A view, and what of it stands for the whole picture. */
interface FramedView extends View {
  readonly frame: Size;
}

/** A transform with its place in the list, or all geometric ones that follow each other. */
type Group =
  | { readonly moves: readonly GeometricTransform[] }
  | { readonly place: number; readonly transform: Exclude<Transform, GeometricTransform> };

/** The last group is geometric: it brings pictures to the size that is seen. */
function grouped(transforms: readonly Transform[]): readonly Group[] {
  const groups: Group[] = [];
  let moves: GeometricTransform[] = [];
  for (const [place, transform] of transforms.entries()) {
    assertTransform(transform, place);
    if (isGeometric(transform)) {
      moves.push(transform);
      continue;
    }
    groups.push({ moves }, { place, transform });
    moves = [];
  }
  return [...groups, { moves }];
}

function assertTransform(transform: Transform, place: number): void {
  if (typeof transform === 'function' || isGeometric(transform)) return;
  if (typeof (transform as Partial<PixelTransform> | null)?.apply === 'function') return;
  throw new VitrineError(
    'bad-argument',
    `"transforms[${place}]" expected one of "transforms" or a function of pictures, got ${describe(transform)}`,
  );
}

function isGeometric(transform: Transform): transform is GeometricTransform {
  return typeof (transform as Partial<GeometricTransform> | null)?.place === 'function';
}

function shown(before: FramedView, group: Group, at: SeenDraw, isLast: boolean): FramedView {
  if ('moves' in group) return moved(before, group.moves, at, isLast);
  const view = changed(before.pictures, group, at);
  const [from, to] = [sizeOf(before.pictures), sizeOf(view.pictures)];
  return { ...view, frame: from[0] === to[0] && from[1] === to[1] ? before.frame : to };
}

function changed(pictures: Tensor4D, { place, transform }: Exclude<Group, { moves: unknown }>, at: SeenDraw): View {
  if (typeof transform === 'function') return tapedView(pictures, { place, transform }, at);
  const view = transform.apply(pictures, at);
  assertPictures(view.pictures, pictures, `"transforms[${place}]" expected "${transform.name}" to give`);
  return view;
}

/** Pictures sampled once for all transforms of a group. */
function moved(
  { pictures, frame }: FramedView,
  moves: readonly GeometricTransform[],
  at: SeenDraw,
  isLast: boolean,
): FramedView {
  const size = sizeOf(pictures);
  const drawn = drawnMap({ size, frame }, moves, at, isLast);
  const { sampling } = drawn;
  if (!sampling) return asTheyAre(pictures, drawn.frame);
  return {
    pictures: sampleAffine(pictures, sampling),
    pullback: (cotangent) => sampleAffineGradient(cotangent, size, sampling),
    frame: drawn.frame,
  };
}

function asTheyAre(pictures: Tensor4D, frame: Size): FramedView {
  return { pictures, pullback: (cotangent) => cotangent, frame };
}

function sizeOf({ shape: [, rows, columns] }: Tensor4D): Size {
  return [rows, columns];
}
