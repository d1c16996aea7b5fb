export { apgd } from './bounded/apgd.ts';
export { fgm, fgsm } from './bounded/fgsm.ts';
export { bim, pgd } from './bounded/pgd.ts';
export { carliniWagner } from './minimal/carliniWagner.ts';
export { deepFool } from './minimal/deepFool.ts';
export { fab } from './minimal/fab/fab.ts';
export { lbfgs } from './minimal/lbfgs.ts';
export { onePixel } from './scores/pixels/onePixel.ts';
export { square } from './scores/square/square.ts';
