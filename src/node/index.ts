export { dissectInWorkers, type WorkerDissectOptions, type WorkerSource } from './dissectInWorkers.ts';
export { folderStore } from './folderStore.ts';
export { readBroden } from './readBroden.ts';
export { type ReadModelOptions, readModel } from './readModel.ts';
export { type ReadNetworkOptions, readNetwork } from './readNetwork.ts';
export { readPicture } from './readPicture.ts';
