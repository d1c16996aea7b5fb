import { VitrineError } from '../../../numeric/errors.ts';
import type { PixelBytes } from '../../types.ts';
import type { Header } from './header.ts';
import type { Place } from './rowReader.ts';

type Samples = Uint8Array | Uint16Array;

/** What a PNG file says of its colours beside its pixels. */
export interface Colours {
  readonly palette?: Uint8Array | undefined;
  /** The opacities of a palette, or the one colour that is transparent. */
  readonly transparency?: Uint8Array | undefined;
}

/**
 * Paints rows of a PNG file as 8-bit RGBA.
 *
 * @param to the pixels of the picture.
 * @returns what paints a row.
 */
export function painter(header: Header, colours: Colours, to: PixelBytes): (row: Uint8Array, place: Place) => void {
  const numbers = numbersOf(header);
  const paint = header.colour.name === 'palette' ? byPalette(colours, to) : byChannels(header, colours, to);
  return (row, place) => paint(numbers(row, place.count), place);
}

type Paint = (samples: Samples, place: Place) => void;

/** One number per channel and pixel. */
function numbersOf({ width, depth, colour: { channels } }: Header): (row: Uint8Array, count: number) => Samples {
  if (depth === 8) return (row) => row;
  const numbers = depth === 16 ? new Uint16Array(width * channels) : new Uint8Array(width);
  if (depth === 16) {
    return (row, count) => {
      for (let i = 0; i < count * channels; i++)
        numbers[i] = ((row[2 * i] as number) << 8) | (row[2 * i + 1] as number);
      return numbers;
    };
  }
  // Below 8 bits there is only one channel.
  const top = 2 ** depth - 1;
  return (row, count) => {
    for (let i = 0; i < count; i++) {
      const bit = i * depth;
      numbers[i] = ((row[bit >> 3] as number) >> (8 - depth - (bit & 7))) & top;
    }
    return numbers;
  };
}

function byChannels({ depth, colour: { channels } }: Header, { transparency }: Colours, to: PixelBytes): Paint {
  const scale = 255 / (2 ** depth - 1);
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  const opacity = channels % 2 === 0 ? channels - 1 : undefined;
  const clear =
    transparency && opacity === undefined ? transparentColour(transparency, { depth, channels }) : undefined;
  return (samples, { start, step, count }) => {
    for (let i = 0, at = start * 4, from = 0; i < count; i++, at += step * 4, from += channels) {
      to[at] = (samples[from] as number) * scale;
      to[at + 1] = (samples[from + green] as number) * scale;
      to[at + 2] = (samples[from + blue] as number) * scale;
      to[at + 3] = opacity === undefined ? 255 : (samples[from + opacity] as number) * scale;
      if (clear?.every((value, channel) => samples[from + channel] === value)) to[at + 3] = 0;
    }
  };
}

// A grey or colour picture names at most one transparent colour (PNG specification, §11.3.1.1).
function transparentColour(
  transparency: Uint8Array,
  { depth, channels }: { readonly depth: number; readonly channels: number },
): readonly number[] {
  if (transparency.length !== 2 * channels)
    throw new VitrineError('bad-image', `expected tRNS of ${2 * channels} bytes`);
  const top = 2 ** depth - 1;
  return Array.from({ length: channels }, (_, channel) => {
    const [high, low] = [transparency[2 * channel] as number, transparency[2 * channel + 1] as number];
    return ((high << 8) | low) & top;
  });
}

function byPalette({ palette, transparency }: Colours, to: PixelBytes): Paint {
  if (!palette || palette.length === 0 || palette.length % 3 !== 0 || palette.length > 768) {
    throw new VitrineError('bad-image', 'expected PLTE of 1 to 256 colours');
  }
  const size = palette.length / 3;
  const colours = new Uint8Array(size * 4).map((_, i) =>
    i % 4 === 3 ? (transparency?.[i >> 2] ?? 255) : (palette[(i >> 2) * 3 + (i % 4)] as number),
  );
  const words = new Uint32Array(colours.buffer);
  const pixels = new Uint32Array(to.buffer);
  return (samples, { start, step, count }) => {
    for (let i = 0; i < count; i++) {
      const index = samples[i] as number;
      if (index >= size) throw new VitrineError('bad-image', `a pixel has colour ${index} of ${size} in its palette`);
      pixels[start + i * step] = words[index] as number;
    }
  };
}
