import * as arithmetic from './arithmetic.ts';
import * as bordering from './bordering.ts';
import * as elements from './elements.ts';
import * as flipping from './flipping.ts';
import * as images from './images.ts';
import * as joining from './joining.ts';
import * as normalizing from './normalizing.ts';
import * as products from './products.ts';
import * as reductions from './reductions.ts';
import * as shapes from './shapes.ts';
import * as slicing from './slicing.ts';
import * as steps from './steps.ts';

/** Every function by name; called with its options it is a {@link TensorFunction}. */
export const functions: typeof elements &
  typeof arithmetic &
  typeof reductions &
  typeof normalizing &
  typeof shapes &
  typeof joining &
  typeof slicing &
  typeof steps &
  typeof bordering &
  typeof flipping &
  typeof images &
  typeof products = {
  ...elements,
  ...arithmetic,
  ...reductions,
  ...normalizing,
  ...shapes,
  ...joining,
  ...slicing,
  ...steps,
  ...bordering,
  ...flipping,
  ...images,
  ...products,
};

export type FunctionName = keyof typeof functions;
