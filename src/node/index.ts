export { readBroden } from './readBroden.ts';
export { readModel } from './readModel.ts';
export { readPicture } from './readPicture.ts';
