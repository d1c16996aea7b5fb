export { readModel } from './readModel.ts';
export { readPicture } from './readPicture.ts';
