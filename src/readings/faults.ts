import { VitrineError } from '../numeric/errors.ts';

/** The images that are left out because something is wrong with them. */
export interface Faults {
  has(image: number): boolean;
  leftOut(): readonly number[];
  /** Tells of a fault and leaves the image out, or throws where the caller did not choose that. */
  report(image: number, name: string | undefined, error: unknown): void;
}

/** Nothing is known so far but that some images are left out. */
export function faultsOf(onFault: ((fault: Error) => void) | undefined, leftOut: readonly number[] = []): Faults {
  const images = new Set(leftOut);
  return {
    has: (image) => images.has(image),
    leftOut: () => [...images],
    report(image, name, error) {
      const message = error instanceof Error ? error.message : String(error);
      const code = error instanceof VitrineError ? error.code : 'bad-argument';
      const subject = `image ${image}${name === undefined ? '' : ` (${name})`}`;
      const fault = new VitrineError(code, `${subject}: ${message}`, { cause: error });
      if (!onFault) throw fault;
      images.add(image);
      onFault(fault);
    },
  };
}

/** Whether an image can be used: not if it is left out, nor if a check finds something wrong with it, which is told. */
export function isSound(
  faults: Faults,
  { image, name }: { readonly image: number; readonly name?: string | undefined },
  check: () => void,
): boolean {
  if (faults.has(image)) return false;
  try {
    check();
    return true;
  } catch (error) {
    faults.report(image, name, error);
    return false;
  }
}
