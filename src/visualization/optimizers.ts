export { adam } from '../optimization/adam.ts';
export { nadam } from '../optimization/nadam.ts';
export { sgd } from '../optimization/sgd.ts';
