import { VitrineError } from '../../../numeric/errors.ts';
import type { Chunk } from './chunks.ts';

/** What a PNG file says of its pixels. */
export interface Header {
  readonly width: number;
  readonly height: number;
  /** Bits per number. */
  readonly depth: number;
  readonly colour: ColourType;
  readonly interlaced: boolean;
}

/** What the numbers of a pixel are. */
interface ColourType {
  /** As messages name it. */
  readonly name: string;
  /** Numbers per pixel. */
  readonly channels: number;
  /** The bits that they may have. */
  readonly depths: readonly number[];
}

type Bytes = [depth: number, kind: number, compression: number, filter: number, interlace: number];

const largestSide = 2 ** 31 - 1;

// PNG specification, table 12: colour types and their allowed bit depths.
const colourTypes: Readonly<Record<number, ColourType>> = {
  0: { name: 'grey', channels: 1, depths: [1, 2, 4, 8, 16] },
  2: { name: 'colour', channels: 3, depths: [8, 16] },
  3: { name: 'palette', channels: 1, depths: [1, 2, 4, 8] },
  4: { name: 'grey with opacity', channels: 2, depths: [8, 16] },
  6: { name: 'colour with opacity', channels: 4, depths: [8, 16] },
};

/** Reads the chunk that a PNG file must begin with. */
export function headerOf({ type, data }: Chunk): Header {
  if (type !== 'IHDR' || data.length !== 13)
    throw new VitrineError('bad-image', `expected IHDR of 13 bytes first, got ${type}`);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, kind, compression, filter, interlace] = [8, 9, 10, 11, 12].map((at) => view.getUint8(at)) as Bytes;
  const colour = colourTypes[kind];
  if (!inRange(width) || !inRange(height))
    throw new VitrineError('bad-image', `expected sides in 1..${largestSide}, got ${width}×${height}`);
  if (!colour?.depths.includes(depth))
    throw new VitrineError('bad-image', `colour type ${kind} with ${depth} bits is none of PNG`);
  if (compression !== 0 || filter !== 0)
    throw new VitrineError('bad-image', `compression ${compression}, filter ${filter} are none of PNG`);
  if (interlace > 1) throw new VitrineError('bad-image', `interlace method ${interlace} is none of PNG`);
  return { width, height, depth, colour, interlaced: interlace === 1 };
}

function inRange(side: number): boolean {
  return side >= 1 && side <= largestSide;
}
